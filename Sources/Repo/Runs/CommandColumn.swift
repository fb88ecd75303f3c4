/// A command as the column `command` holds it: a JSON array of texts, which `sqlite3` can take apart (`json_each`).
enum CommandColumn {
    static func encode(_ command: [String]) -> String {
        var text = "["
        for (index, argument) in command.enumerated() {
            if index > 0 { text += "," }
            text += "\""
            for scalar in argument.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case "\n": text += "\\n"
                case "\t": text += "\\t"
                case "\r": text += "\\r"
                case "\0"..<" ":
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: text.unicodeScalars.append(scalar)
                }
            }
            text += "\""
        }
        return text + "]"
    }

    /// Reads what `encode` writes; nil for everything else.
    static func decode(_ text: String) -> [String]? {
        var scalars = text.unicodeScalars[...]
        guard scalars.popFirst() == "[", scalars.popLast() == "]" else { return nil }
        var command: [String] = []
        while !scalars.isEmpty {
            if !command.isEmpty { guard scalars.popFirst() == "," else { return nil } }
            guard let argument = argument(&scalars) else { return nil }
            command.append(argument)
        }
        return command
    }

    private static func argument(_ scalars: inout Substring.UnicodeScalarView) -> String? {
        guard scalars.popFirst() == "\"" else { return nil }
        var argument = String.UnicodeScalarView()
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"": return String(argument)
            case "\\":
                guard let escaped = escaped(&scalars) else { return nil }
                argument.append(escaped)
            default: argument.append(scalar)
            }
        }
        return nil
    }

    private static func escaped(_ scalars: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        switch scalars.popFirst() {
        case "\"": return "\""
        case "\\": return "\\"
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "u":
            let digits = scalars.prefix(4)
            scalars.removeFirst(digits.count)
            return UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)
        default: return nil
        }
    }
}
