/// Writes YAML that `YAMLReader`, and everybody else, reads.
struct YAMLWriter {
    private(set) var text = ""

    mutating func write(_ node: YAMLNode) { write(node, indent: 0) }

    private mutating func write(_ node: YAMLNode, indent: Int) {
        let margin = String(repeating: " ", count: indent)
        switch node.content {
        case .scalar: text += margin + inline(node, indent: indent) + "\n"
        case .mapping(let members):
            for (key, value) in members {
                text += "\(margin)\(key):"
                writeValue(value, indent: indent)
            }
        case .sequence(let items):
            for item in items {
                var inner = YAMLWriter()
                inner.write(item, indent: indent + 2)
                // The dash takes the place of the first line's indentation.
                text += "\(margin)- " + inner.text.dropFirst(indent + 2)
            }
        }
    }

    private mutating func writeValue(_ value: YAMLNode, indent: Int) {
        switch value.content {
        case .mapping(let members) where !members.isEmpty:
            text += "\n"
            write(value, indent: indent + 2)
        case .sequence(let items) where !items.isEmpty:
            text += "\n"
            write(value, indent: indent + 2)
        case .scalar, .mapping, .sequence: text += " \(inline(value, indent: indent + 2))\n"
        }
    }

    private func inline(_ node: YAMLNode, indent: Int) -> String {
        switch node.content {
        case .mapping: return "{}"
        case .sequence: return "[]"
        case .scalar(let value, isPlain: true): return value
        case .scalar(let value, isPlain: false):
            let body = value.hasSuffix("\n") ? value.dropLast() : value[...]
            guard body.contains("\n"), !body.hasPrefix(" ") else { return Self.quoted(value) }
            let margin = "\n" + String(repeating: " ", count: indent)
            let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
            return (value.hasSuffix("\n") ? "|" : "|-") + lines.map { margin + $0 }.joined()
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default: quoted.append(character)
            }
        }
        return quoted + "\""
    }
}
