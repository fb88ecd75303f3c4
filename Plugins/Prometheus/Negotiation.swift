import PluginKit

/// What a client accepts, chosen from what there is.
///
/// Source: RFC 9110, 12.5.
enum Negotiation {
    enum Choice {
        case text
        case openMetrics
    }

    /// OpenMetrics where it is named and not liked less; else text, unless that is refused in words: `nil`.
    static func format(accept: String) -> Choice? {
        var openMetrics: Double = 0
        var text: Double?
        var any: Double?
        for item in items(of: accept) {
            switch item.name {
            case "application/openmetrics-text" where ["1.0.0", nil].contains(item["version"]):
                openMetrics = max(openMetrics, item.quality)
            case "text/plain" where ["0.0.4", nil].contains(item["version"]):
                text = max(text ?? 0, item.quality)
            case "text/*", "*/*":
                any = max(any ?? 0, item.quality)
            default:
                break
            }
        }
        if openMetrics > 0, openMetrics >= text ?? any ?? 0 { return .openMetrics }
        return text ?? any == 0 ? nil : .text
    }

    static func acceptsGzip(_ acceptEncoding: String) -> Bool {
        var gzip: Double?
        var any: Double?
        for item in items(of: acceptEncoding) {
            switch item.name {
            case "gzip", "x-gzip": gzip = max(gzip ?? 0, item.quality)
            case "*": any = item.quality
            default: break
            }
        }
        return gzip ?? any ?? 0 > 0
    }

    /// One alternative of a header: `name;parameter=value;q=0.5`.
    private struct Item {
        let name: String
        let parameters: [(name: String, value: String)]

        subscript(name: String) -> String? {
            parameters.first { $0.name == name }?.value
        }

        /// Between 0 and 1; what cannot be read counts as 1.
        var quality: Double {
            self["q"].flatMap(Double.init).map { $0.isNaN ? 1 : min(max($0, 0), 1) } ?? 1
        }
    }

    private static func items(of header: String) -> [Item] {
        header.split(separator: ",").map { alternative in
            let parts = alternative.split(separator: ";", omittingEmptySubsequences: false)
            let parameters = parts.dropFirst().map { part in
                let sides = part.split(separator: "=", maxSplits: 1)
                return (name: word(sides.first), value: word(sides.dropFirst().first))
            }
            return Item(name: word(parts.first), parameters: parameters)
        }
    }

    private static func word(_ text: Substring?) -> String {
        (text ?? "").filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased()
    }
}
