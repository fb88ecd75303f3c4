/// A command as it was asked for.
package enum CommandText: Sendable, Equatable {
    /// One text, split into words at white space outside quotes.
    case text(String)
    /// Words that are already apart.
    case words([String])

    private static let maximumWords = 1024
    private static let maximumBytes = 128 << 10

    /// The words for a device; where it has a shell, the one word that is the script.
    package func words(forShell usesShell: Bool) throws(RunRefusal) -> [String] {
        let words =
            switch self {
            case .text(let text): usesShell ? [text] : try Self.split(text)
            case .words(let words):
                usesShell && !words.isEmpty ? [words.joined(separator: " ")] : words
            }
        guard let program = words.first, program.utf8.contains(where: { !Self.isSpace($0) }) else {
            throw .badCommand("it is empty; a command names a program")
        }
        guard words.count <= Self.maximumWords else {
            throw .badCommand("it has \(words.count) words; \(Self.maximumWords) are accepted")
        }
        let bytes = words.reduce(0) { $0 + $1.utf8.count }
        guard bytes <= Self.maximumBytes else {
            throw .badCommand("it has \(bytes) bytes; \(Self.maximumBytes) are accepted")
        }
        guard !words.contains(where: { $0.utf8.contains(0) }) else {
            throw .badCommand("it has a zero byte, which no program can be given")
        }
        return words
    }

    /// The words of one line for a device that has no shell: apart at each blank, whatever quotes are around it, for so
    /// the list of what is allowed sees as many as the device.
    package func line() throws(RunRefusal) -> [String] {
        let text =
            switch self {
            case .text(let text): text
            case .words(let words): words.joined(separator: " ")
            }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .badCommand("it has control characters, which a line for a device may not have")
        }
        let words = text.split(separator: " ").map(String.init)
        return try CommandText.words(words).words(forShell: false)
    }

    /// Words as a POSIX shell splits them, with nothing expanded: quotes keep white space, a backslash the character
    /// after it.
    static func split(_ text: String) throws(RunRefusal) -> [String] {
        var words: [String] = []
        var word: [UInt8]?
        var bytes = text.utf8.makeIterator()
        func escaped() throws(RunRefusal) -> UInt8 {
            guard let byte = bytes.next() else {
                throw .badCommand("it ends in a backslash that nothing follows")
            }
            return byte
        }
        while let byte = bytes.next() {
            switch byte {
            case _ where isSpace(byte):
                if let done = word.take() { words.append(String(decoding: done, as: UTF8.self)) }
            case UInt8(ascii: "\\"):
                let next = try escaped()
                word = (word ?? []) + [next]
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                word = word ?? []
                while true {
                    guard let inside = bytes.next() else {
                        throw .badCommand("a quote is opened and not closed")
                    }
                    if inside == byte { break }
                    guard inside == UInt8(ascii: "\\"), byte == UInt8(ascii: "\"") else {
                        word?.append(inside)
                        continue
                    }
                    let next = try escaped()
                    // Between double quotes a backslash stands for itself before any other character.
                    if !#""\$`"#.utf8.contains(next) { word?.append(inside) }
                    word?.append(next)
                }
            default:
                // Appended in place: a long word is not copied for each of its bytes.
                if word == nil { word = [] }
                word?.append(byte)
            }
        }
        if let done = word { words.append(String(decoding: done, as: UTF8.self)) }
        return words
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }
}
