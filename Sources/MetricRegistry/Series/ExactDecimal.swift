/// A finite number as the decimal one means by it, the shortest that reads back as the same double: 0.1 is a tenth.
///
/// For what is worked out once, where a rounding in between would show.
struct ExactDecimal {
    private let isNegative: Bool
    /// At most 17 digits.
    private let digits: UInt128
    private var exponent: Int

    init(_ value: Double) {
        var digits: UInt128 = 0
        var exponent = 0
        var isFraction = false
        // "-0.0049", "100.0", "1e-05" or "1.5e+20".
        let text = value.magnitude.description.utf8
        let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
        for byte in mantissa {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                isFraction = true
                continue
            }
            digits = digits &* 10 &+ UInt128(byte &- UInt8(ascii: "0"))
            if isFraction { exponent -= 1 }
        }
        let rest = text.dropFirst(mantissa.count + 1)
        exponent += Int(String(decoding: rest, as: UTF8.self)) ?? 0
        isNegative = value.sign == .minus
        self.digits = digits
        self.exponent = exponent
    }

    /// Times ten to the power of `exponent`.
    func scaled(exponent: Int) -> ExactDecimal {
        var copy = self
        copy.exponent += exponent
        return copy
    }

    /// Divided by `divisor` and rounded once, to the nearest double.
    func quotient(by divisor: Int64) -> Double {
        let divisor = UInt128(divisor.magnitude)
        var (dividend, exponent) = (digits, exponent)
        while dividend % divisor != 0 {
            let (larger, overflow) = dividend.multipliedReportingOverflow(by: 10)
            guard !overflow else { break }
            dividend = larger
            exponent -= 1
        }
        let (whole, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
        // What is left over only matters beside a tie: one more digit tells of it.
        let text = rest == 0 ? "\(whole)e\(exponent)" : "\(whole)1e\(exponent - 1)"
        let magnitude = Double(text) ?? .infinity
        return isNegative ? -magnitude : magnitude
    }

    /// The largest integer that is not above it; where that does not fit, the end of the range.
    var floor: Int128 {
        guard digits > 0 else { return 0 }
        var magnitude = digits
        var hasRest = false
        if exponent > 0 {
            for _ in 0..<exponent {
                let (larger, overflow) = magnitude.multipliedReportingOverflow(by: 10)
                guard !overflow else { return isNegative ? .min : .max }
                magnitude = larger
            }
        } else {
            for _ in 0..<(-exponent) where magnitude > 0 {
                if magnitude % 10 != 0 { hasRest = true }
                magnitude /= 10
            }
        }
        guard let whole = Int128(exactly: magnitude) else { return isNegative ? .min : .max }
        return isNegative ? -whole - (hasRest ? 1 : 0) : whole
    }
}
