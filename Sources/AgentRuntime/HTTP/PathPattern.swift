/// A path of the HTTP server, in which `{name}` stands for one segment.
struct PathPattern: Sendable {
    private enum Segment: Sendable {
        case text(Substring)
        case parameter(String)
    }

    /// As it is written: `/v1/runs/{id}/stream`.
    let text: String
    /// Empty where the path has no parameters: then it is compared as it stands.
    private let segments: [Segment]

    init(_ text: String) {
        self.text = text
        guard text.contains("{") else {
            segments = []
            return
        }
        segments = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .text(part)
        }
    }

    /// The parameters' values, decoded; nil where the path is another one. A parameter is never empty.
    func match(_ path: String) -> [String: String]? {
        guard !segments.isEmpty else { return path == text ? [:] : nil }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            switch segment {
            case .text(let text):
                guard part == text else { return nil }
            case .parameter(let name):
                guard let value = PercentEncoding.decode(part), !value.isEmpty else { return nil }
                values[name] = value
            }
        }
        return values
    }
}
