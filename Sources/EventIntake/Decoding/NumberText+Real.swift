import Glibc

extension NumberText {
    enum Real {
        case value(Double)
        case malformed
        /// No finite double is near it.
        case tooLarge
    }

    /// Reads `-?digits[.digits][e[+-]digits]`, correctly rounded. Reads nothing beyond `end`.
    ///
    /// Up to 19 digits whose value fits 53 bits and a power of ten up to 22 are exact in one multiplication
    /// or division; the rest goes to `strtod`.
    /// Source: W. Clinger, "How to read floating point numbers accurately" (1990).
    @inline(__always)
    static func real(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ arena: inout TextArena
    ) -> Real {
        var at = start
        let negative = at < end && at.pointee == UInt8(ascii: "-")
        if negative { at += 1 }
        var mantissa: UInt64 = 0
        let integral = at
        while at < end, let digit = digit(at.pointee) {
            mantissa = mantissa &* 10 &+ digit
            at += 1
        }
        var digits = at - integral
        var exponent = 0
        if at < end, at.pointee == UInt8(ascii: ".") {
            at += 1
            let fraction = at
            while at < end, let digit = digit(at.pointee) {
                mantissa = mantissa &* 10 &+ digit
                at += 1
            }
            exponent = fraction - at
            digits -= exponent
        }
        guard digits > 0 else { return .malformed }
        if at < end {
            guard let written = self.exponent(at, end) else { return .malformed }
            exponent += written
        }
        guard digits <= 19, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else {
            return slow(start, end, &arena)
        }
        var value = Double(mantissa)
        if exponent < 0 {
            value /= power(0 &- exponent)
        } else if exponent > 0 {
            value *= power(exponent)
        }
        return .value(negative ? -value : value)
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let digit = byte &- UInt8(ascii: "0")
        return digit <= 9 ? UInt64(digit) : nil
    }

    /// The exponent that takes up all of the text, clamped; nil where it is none.
    private static func exponent(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> Int? {
        guard start.pointee | 0x20 == UInt8(ascii: "e") else { return nil }
        var at = start + 1
        let negative = at < end && at.pointee == UInt8(ascii: "-")
        if negative || (at < end && at.pointee == UInt8(ascii: "+")) { at += 1 }
        guard at < end else { return nil }
        var value = 0
        while at < end {
            guard let digit = digit(at.pointee) else { return nil }
            value = min(value * 10 + Int(digit), 1_000_000)
            at += 1
        }
        return negative ? -value : value
    }

    @inline(never)
    private static func slow(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ arena: inout TextArena
    ) -> Real {
        let copy = arena.copyTerminated(start, end - start)
        let value = copy.withMemoryRebound(to: CChar.self, capacity: end - start + 1) {
            strtod($0, nil)
        }
        return value.isFinite ? .value(value) : .tooLarge
    }

    /// `unsafe` by index, which `real` has checked.
    @inline(__always)
    private static func power(_ exponent: Int) -> Double { powers[exponent] }

    private static let powers: InlineArray<23, Double> = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
