/// Which commands a device accepts.
///
/// A pattern is a list of words. A word matches itself; `*` in it stands for any characters but `/`, and a last word `**`
/// for any further words, whatever they are. A word with `*` never takes `..` as a part of a path: a directory that is
/// allowed allows nothing outside it.
package struct CommandPolicy: Sendable, Equatable {
    private let patterns: [[String]]?

    /// Whatever is asked.
    package static let any = CommandPolicy(patterns: nil)

    /// Only what one of the patterns describes; with none of them nothing.
    package static func only(_ patterns: [[String]]) -> CommandPolicy {
        CommandPolicy(patterns: patterns)
    }

    /// The patterns in the words of the configuration; `nil` when there are none to fulfil.
    package var descriptions: [String]? {
        patterns?.map { $0.joined(separator: " ") }
    }

    package func allows(_ command: [String]) -> Bool {
        guard let patterns else { return true }
        return patterns.contains { Self.matches(command, $0) }
    }

    private static func matches(_ command: [String], _ pattern: [String]) -> Bool {
        if pattern.last == "**" {
            let fixed = pattern.dropLast()
            guard command.count >= fixed.count else { return false }
            return zip(command, fixed).allSatisfy { matches($0, $1) }
        }
        guard command.count == pattern.count else { return false }
        return zip(command, pattern).allSatisfy { matches($0, $1) }
    }

    private static func matches(_ word: String, _ pattern: String) -> Bool {
        guard pattern.utf8.contains(UInt8(ascii: "*")) else { return word == pattern }
        guard !word.split(separator: "/").contains("..") else { return false }
        return glob(Array(word.utf8), Array(pattern.utf8))
    }

    /// The usual walk with one way back, which no star takes past a slash: linear in practice, quadratic at worst.
    private static func glob(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        let (star, slash) = (UInt8(ascii: "*"), UInt8(ascii: "/"))
        var (at, position) = (0, 0)
        var (lastStar, retry): (Int?, Int) = (nil, 0)
        while at < text.count {
            if position < pattern.count, pattern[position] == star {
                lastStar = position
                retry = at
                position += 1
            } else if position < pattern.count, pattern[position] == text[at] {
                at += 1
                position += 1
            } else if let star = lastStar, text[retry] != slash {
                retry += 1
                at = retry
                position = star + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == star }
    }
}
