extension PromQLLexer {
    /// Reads a string from its quote on and answers what it means.
    ///
    /// Source: Go's string literals, of which PromQL takes all three kinds of quotes.
    mutating func readString(quote: UInt8) throws(PromQLError) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case quote:
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\n") where quote != UInt8(ascii: "`"):
                throw PromQLError("the string ends at the end of its line", at: start..<index)
            case UInt8(ascii: "\\") where quote != UInt8(ascii: "`"):
                text += try readEscape(quote: quote)
            default:
                text.append(byte)
                index += 1
            }
        }
        throw PromQLError("the string that starts here never ends", at: start..<index)
    }

    private mutating func readEscape(quote: UInt8) throws(PromQLError) -> [UInt8] {
        let start = index
        index += 1
        guard let byte = peek() else {
            throw PromQLError("the string that starts here never ends", at: start..<index)
        }
        index += 1
        switch byte {
        case quote, UInt8(ascii: "\\"): return [byte]
        case UInt8(ascii: "a"): return [0x07]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "v"): return [0x0B]
        case UInt8(ascii: "x"):
            return [UInt8(truncatingIfNeeded: try readDigits(2, radix: 16, from: start))]
        case UInt8(ascii: "u"): return try scalar(try readDigits(4, radix: 16, from: start), start)
        case UInt8(ascii: "U"): return try scalar(try readDigits(8, radix: 16, from: start), start)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            let value = try readDigits(3, radix: 8, from: start)
            guard value < 256 else { break }
            return [UInt8(truncatingIfNeeded: value)]
        default: break
        }
        throw PromQLError(
            "the string has an unknown escape; a backslash is written \"\\\\\"", at: start..<index)
    }

    private mutating func readDigits(
        _ count: Int, radix: Int, from start: Int
    ) throws(PromQLError) -> UInt32 {
        let digits = String(decoding: bytes[index...].prefix(count), as: UTF8.self)
        let isWhole =
            digits.utf8.count == count
            && digits.allSatisfy { $0.hexDigitValue.map { $0 < radix } == true }
        guard isWhole, let value = UInt32(digits, radix: radix) else {
            throw PromQLError("expected \(count) digits in the escape", at: start..<index)
        }
        index += count
        return value
    }

    private func scalar(_ value: UInt32, _ start: Int) throws(PromQLError) -> [UInt8] {
        guard let scalar = Unicode.Scalar(value) else {
            throw PromQLError("the escape stands for no character", at: start..<index)
        }
        return Array(String(scalar).utf8)
    }
}
