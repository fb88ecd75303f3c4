/// JSON straight as bytes: what `JSONWriter` makes of the same, compactly, without a text in between.
extension [UInt8] {
    /// Brackets, and keys and values that need no escaping.
    mutating func appendJSON(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// `"text"`
    mutating func appendJSON(quoted text: String) {
        var text = text
        text.withUTF8 { appendJSON(quoted: $0) }
    }

    /// The same of good UTF-8.
    mutating func appendJSON(quoted text: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        appendJSON(escaping: text)
        append(UInt8(ascii: "\""))
    }

    private mutating func appendJSON(escaping text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        while index < text.count {
            let length = Self.escapedLength(at: index, in: text)
            guard length > 0 else {
                index += 1
                continue
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            appendEscape(text[index..<index + length])
            index += length
            start = index
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    /// How many bytes from here on are a character that cannot stand as it is; 0 where it can.
    private static func escapedLength(at index: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        switch text[index] {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7f: 1
        // U+2028 and U+2029, which end lines in JavaScript.
        case 0xe2 where text[index + 1] == 0x80 && text[index + 2] & 0xfe == 0xa8: 3
        default: 0
        }
    }

    private mutating func appendEscape(_ character: Slice<UnsafeBufferPointer<UInt8>>) {
        let last = character[character.endIndex - 1]
        switch last {
        case UInt8(ascii: "\""): appendJSON("\\\"")
        case UInt8(ascii: "\\"): appendJSON("\\\\")
        case UInt8(ascii: "\n"): appendJSON("\\n")
        case UInt8(ascii: "\r"): appendJSON("\\r")
        case UInt8(ascii: "\t"): appendJSON("\\t")
        case 0xa8: appendJSON("\\u2028")
        case 0xa9: appendJSON("\\u2029")
        default:
            appendJSON("\\u00")
            for digit in [last >> 4, last & 0xf] {
                append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            }
        }
    }
}
