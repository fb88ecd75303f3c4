/// A text in quotes, on one line.
struct YAMLQuoted {
    /// What stands behind it, without blanks in front.
    private(set) var rest: Substring

    init(_ text: Substring) { rest = text }

    /// Reads from the opening quote on; nil where it never ends or has an escape unknown here.
    mutating func read() -> String? {
        guard let quote = rest.popFirst() else { return nil }
        var text = ""
        while let character = rest.popFirst() {
            if character == quote {
                if quote == "'", rest.first == "'" {
                    text.append("'")
                    rest.removeFirst()
                    continue
                }
                rest = rest.drop { $0 == " " }
                return text
            }
            guard character == "\\", quote == "\"" else {
                text.append(character)
                continue
            }
            guard let meaning = rest.popFirst().flatMap(Self.meaning) else { return nil }
            text.append(meaning)
        }
        return nil
    }

    private static func meaning(of escape: Character) -> Character? {
        switch escape {
        case "\"", "\\", "/": escape
        case "n": "\n"
        case "t": "\t"
        case "r": "\r"
        case "0": "\0"
        default: nil
        }
    }
}
