/// Writes a JSON value as text.
package struct JSONWriter: Sendable {
    package enum Layout: Sendable {
        /// One line, no blanks.
        case compact
        /// Two spaces a level, and a newline at the end.
        case pretty
    }

    package enum KeyOrder: Sendable {
        case declared
        case sorted
    }

    package let layout: Layout
    package let keyOrder: KeyOrder

    package init(_ layout: Layout = .compact, keys: KeyOrder = .declared) {
        self.layout = layout
        keyOrder = keys
    }

    package func write(_ value: JSONValue) -> String {
        var text = ""
        append(value, indent: 0, to: &text)
        if layout == .pretty { text.append("\n") }
        return text
    }

    private func append(_ value: JSONValue, indent: Int, to text: inout String) {
        switch value {
        case .null: text.append("null")
        case .bool(let value): text.append(value ? "true" : "false")
        case .integer(let value): text.append("\(value)")
        // JSON has no word for what is not finite.
        case .number(let value): text.append(value.isFinite ? "\(value)" : "null")
        case .string(let value): text.append(value.quoted())
        case .array(let items):
            appendList(items, brackets: ("[", "]"), indent: indent, to: &text) { item, text in
                append(item, indent: indent + 1, to: &text)
            }
        case .object(let object):
            let members =
                keyOrder == .sorted ? object.members.sorted { $0.key < $1.key } : object.members
            appendList(members, brackets: ("{", "}"), indent: indent, to: &text) { member, text in
                text.append(member.key.quoted())
                text.append(layout == .pretty ? ": " : ":")
                append(member.value, indent: indent + 1, to: &text)
            }
        }
    }

    private func appendList<Item>(
        _ items: [Item], brackets: (String, String), indent: Int, to text: inout String,
        _ appendItem: (Item, inout String) -> Void
    ) {
        text.append(brackets.0)
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(",") }
            breakLine(indent: indent + 1, in: &text)
            appendItem(item, &text)
        }
        if !items.isEmpty { breakLine(indent: indent, in: &text) }
        text.append(brackets.1)
    }

    private func breakLine(indent: Int, in text: inout String) {
        guard layout == .pretty else { return }
        text.append("\n")
        text.append(String(repeating: "  ", count: indent))
    }
}

extension String {
    /// This text as a JSON string, quotes included; cut with `…` when longer than `limit`
    /// characters.
    func quoted(limit: Int = .max) -> String {
        var text = "\""
        for (count, scalar) in unicodeScalars.enumerated() {
            if count == limit {
                text.append("…")
                break
            }
            switch scalar {
            case "\"": text.append("\\\"")
            case "\\": text.append("\\\\")
            case "\n": text.append("\\n")
            case "\r": text.append("\\r")
            case "\t": text.append("\\t")
            case "\0"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
