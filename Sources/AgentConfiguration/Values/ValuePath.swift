/// The way from the top of a file to a value: `plugins[0].settings.port`.
package struct ValuePath: Hashable, Sendable, CustomStringConvertible {
    package enum Component: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    package private(set) var components: [Component]

    package init(_ components: [Component] = []) {
        self.components = components
    }

    package var isEmpty: Bool { components.isEmpty }

    package func appending(_ component: Component) -> ValuePath {
        ValuePath(components + [component])
    }

    mutating func append(_ component: Component) {
        components.append(component)
    }

    mutating func removeLast() {
        components.removeLast()
    }

    /// Keys that are no plain words stand quoted in brackets: `metrics["a.b"]`.
    package var description: String {
        var text = ""
        for component in components {
            switch component {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where key.isPlainWord: text += text.isEmpty ? key : ".\(key)"
            case .key(let key): text += "[\(key.quoted(limit: 60))]"
            }
        }
        return text
    }

    /// The same way as a JSON pointer: `/plugins/0/settings/port`.
    ///
    /// Source: RFC 6901.
    package var pointer: String {
        components.map { component in
            switch component {
            case .index(let index): "/\(index)"
            case .key(let key): "/\(key.pointerEscaped)"
            }
        }.joined()
    }
}

extension String {
    /// Whether this needs no quotes to be told from what stands around it.
    var isPlainWord: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "$"):
                    true
                default: false
                }
            }
    }

    var quotedUnlessPlain: String { isPlainWord ? self : quoted(limit: 60) }

    /// This key as one step of a JSON pointer.
    var pointerEscaped: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
