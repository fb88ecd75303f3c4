/// A command as it is written: one text, or its words.
package enum CommandConfiguration: Hashable, Sendable {
    case text(String)
    case words([String])
}

extension CommandConfiguration {
    private static let text = Shape<String>.text("a command such as \"df -h\"", limit: 65_536)
    private static let word = Shape<String>.text("a word", limit: 65_536)

    static let shape = Shape<CommandConfiguration>.either(
        (.scalar, text.map { .text($0) }),
        (
            .array,
            Shape<[String]>.array(of: word, count: 1...1000, "an array of words").map { .words($0) }
        ))
}

/// Commands that are allowed: words in which `*` stands for any text, and a last word `**` for any further words.
package struct CommandPattern: Hashable, Sendable {
    package let words: [String]
}

extension CommandPattern {
    private static let text = Shape<String>.text("a pattern such as \"df -h\"")
    private static let word = Shape<String>.text("a word")

    static let shape = Shape<CommandPattern>.either(
        (.scalar, text.map { CommandPattern(words: $0.split(separator: " ").map(String.init)) }),
        (
            .array,
            Shape<[String]>.array(of: word, count: 1...1000, "an array of words")
                .map { CommandPattern(words: $0) }
        )
    )
    .checked { pattern, node, decoding in
        guard !pattern.words.isEmpty, pattern.words[0] != "**",
            !pattern.words.dropLast().contains("**")
        else {
            let expectation = "a program, then words, of which only the last may be \"**\""
            return decoding.report(
                .unacceptable(found: node.summary, expected: expectation), at: node.position)
        }
    }
}
