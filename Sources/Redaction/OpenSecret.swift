/// What a secret waits for that has not ended where its text did.
enum OpenSecret: Sendable, Equatable {
    /// The line that ends a PEM block.
    case privateKey
    /// The closing quote, one that no backslash stands before.
    case quote(UInt8)
    /// The closing quote inside a text that is itself quoted.
    case escapedQuote
    /// The end of the line: it was cut off inside.
    case line

    /// Where in what follows it ends; nil: not there.
    func end(in text: [UInt8]) -> Int? {
        switch self {
        case .privateKey: Self.endOfPrivateKey(in: text)
        case .quote(let quote): Self.closing(quote, in: text)
        case .escapedQuote: text.firstIndex(of: UInt8(ascii: "\\"))
        case .line: text.firstIndex { $0 == 0x0a || $0 == 0x0d }
        }
    }

    private static func closing(_ quote: UInt8, in text: [UInt8]) -> Int? {
        var index = 0
        while index < text.count {
            if text[index] == quote { return index }
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private static func endOfPrivateKey(in text: [UInt8]) -> Int? {
        text.withUnsafeBufferPointer { bytes in
            SecretScanner.endOfPrivateKey(in: bytes, from: 0)
        }
    }
}
