/// Numbers of payment cards.
///
/// Source: ISO/IEC 7812-1 (13 to 19 digits, the last one a Luhn check digit).
enum CardNumber {
    /// How long the card number at the start of `text` is, single spaces and dashes within it included; nil where there
    /// is none.
    static func length(at text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var count = 0
        var length = 0
        var wasSeparator = true
        for (offset, byte) in text.enumerated() {
            if (0x30...0x39).contains(byte) {
                count += 1
                guard count <= 19 else { return nil }
                length = offset + 1
                wasSeparator = false
            } else if !wasSeparator, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") {
                wasSeparator = true
            } else {
                // A number that goes on as a word or a fraction is another thing.
                if !wasSeparator, isWordByte(byte) { return nil }
                break
            }
        }
        guard count >= 13, text.first != 0x30, hasCheckDigit(text.prefix(length)) else {
            return nil
        }
        return length
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func hasCheckDigit(_ number: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var sum = 0
        var isDoubled = false
        for byte in number.reversed() where (0x30...0x39).contains(byte) {
            let value = Int(byte & 0xf) * (isDoubled ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            isDoubled.toggle()
        }
        return sum % 10 == 0
    }
}
