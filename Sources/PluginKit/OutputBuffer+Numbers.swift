public import CAgentPlugin

extension OutputBuffer {
    /// Decimal digits, two at a time.
    public mutating func append(_ number: UInt64) {
        reserve(20)
        let count = Self.digitCount(number)
        write(number, digits: count)
        advance(count)
    }

    public mutating func append(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(number.magnitude)
    }

    /// The number exactly: 1500000000 × 10⁻⁹ is `1.5`; zeros that say nothing are left out.
    public mutating func append(_ value: agent_value) {
        switch value.type {
        case UInt32(AGENT_VALUE_I64) where value.exponent10 == 0: append(value.as.i64)
        case UInt32(AGENT_VALUE_I64): append(value.as.i64, exponent: value.exponent10)
        case UInt32(AGENT_VALUE_F64): append(value.as.f64)
        default: append("NaN")
        }
    }

    /// The shortest text that reads back as the same double, as Prometheus takes it: `NaN`, `+Inf`, `1e+16`.
    ///
    /// Nothing is allocated.
    public mutating func append(_ number: Double) {
        guard number.isFinite else {
            return append(number.isNaN ? "NaN" : number > 0 ? "+Inf" : "-Inf")
        }
        let magnitude = number.magnitude
        let (power, exponent): (Double, Int32) =
            magnitude < 1e6 ? (1e9, -9) : magnitude < 1e12 ? (1e3, -3) : (1, 0)
        let scaled = (magnitude * power).rounded()
        // Up to 15 digits a decimal is the only one of its length that reads back as this double.
        if scaled < 1e15, scaled / power == magnitude {
            if number.sign == .minus { append(UInt8(ascii: "-")) }
            return append(Int64(scaled), exponent: exponent)
        }
        reserve(32)
        var digits = Digits(at: base + length)
        number.write(to: &digits)
        advance(digits.count)
    }

    /// Takes a double's text where it comes into being: as a string it would be allocated.
    private struct Digits: TextOutputStream {
        private let room: UnsafeMutableRawPointer
        private(set) var count = 0

        /// - Parameter room: 32 bytes; the longest double has 24
        init(at room: UnsafeMutableRawPointer) {
            self.room = room
        }

        mutating func write(_ string: String) {
            var string = string
            string.withUTF8 { _writeASCII($0) }
        }

        mutating func _writeASCII(_ text: UnsafeBufferPointer<UInt8>) {
            let text = text.prefix(32 - count)
            (room + count).copyMemory(
                from: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text)).baseAddress
                    ?? UnsafeRawPointer(room), byteCount: text.count)
            count += text.count
        }
    }

    /// `number` × 10^`exponent`, exactly.
    public mutating func append(_ number: Int64, exponent: Int32) {
        guard exponent != 0, number != 0 else { return append(number) }
        if number < 0 { append(UInt8(ascii: "-")) }
        var digits = number.magnitude
        var exponent = exponent
        while exponent < 0, digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        switch exponent {
        case 0: append(digits)
        case 1...20: append(digits, zeros: Int(exponent))
        case -20..<0: append(digits, decimals: Int(-exponent))
        default:
            append(digits)
            append(exponent < 0 ? "e-" : "e+")
            append(UInt64(exponent.magnitude))
        }
    }

    private mutating func append(_ digits: UInt64, zeros: Int) {
        append(digits)
        for _ in 0..<zeros { append(UInt8(ascii: "0")) }
    }

    /// `digits`, the last `decimals` of them behind the point.
    private mutating func append(_ digits: UInt64, decimals: Int) {
        reserve(44)
        let scale = Self.powerOfTen(decimals)
        guard let scale else { return appendSmall(digits, decimals: decimals) }
        append(digits / scale)
        append(UInt8(ascii: "."))
        let fraction = digits % scale
        let count = fraction == 0 ? 1 : Self.digitCount(fraction)
        for _ in count..<decimals { append(UInt8(ascii: "0")) }
        append(fraction)
    }

    /// The same where 10^decimals is beyond 64 bits, so that nothing stands before the point.
    private mutating func appendSmall(_ digits: UInt64, decimals: Int) {
        append("0.")
        for _ in Self.digitCount(digits)..<decimals { append(UInt8(ascii: "0")) }
        append(digits)
    }

    /// Stores digits at the end, from the last to the first; the room is there.
    private func write(_ number: UInt64, digits: Int) {
        var rest = number
        var end = length &+ digits
        let pairs = Self.pairs.utf8Start
        while rest >= 100 {
            let pair = Int(rest % 100) &* 2
            rest /= 100
            end &-= 2
            base.storeBytes(of: pairs[pair], toByteOffset: end, as: UInt8.self)
            base.storeBytes(of: pairs[pair &+ 1], toByteOffset: end &+ 1, as: UInt8.self)
        }
        if rest >= 10 {
            let pair = Int(rest) &* 2
            base.storeBytes(of: pairs[pair], toByteOffset: end &- 2, as: UInt8.self)
            base.storeBytes(of: pairs[pair &+ 1], toByteOffset: end &- 1, as: UInt8.self)
        } else {
            let digit = UInt8(truncatingIfNeeded: rest) &+ UInt8(ascii: "0")
            base.storeBytes(of: digit, toByteOffset: end &- 1, as: UInt8.self)
        }
    }

    private static func digitCount(_ number: UInt64) -> Int {
        // 1233 / 4096 is just above log10(2): the guess is the count or one too many.
        let guess = ((64 &- (number | 1).leadingZeroBitCount) &* 1_233) &>> 12
        guard let power = powerOfTen(guess) else { return guess }
        return number < power ? max(guess, 1) : guess &+ 1
    }

    /// 10^exponent, where it fits.
    private static func powerOfTen(_ exponent: Int) -> UInt64? {
        exponent < 20 ? powersOfTen[exponent] : nil
    }

    private static var pairs: StaticString {
        """
        00010203040506070809101112131415161718192021222324\
        25262728293031323334353637383940414243444546474849\
        50515253545556575859606162636465666768697071727374\
        75767778798081828384858687888990919293949596979899
        """
    }
}

private let powersOfTen: InlineArray<20, UInt64> = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]
