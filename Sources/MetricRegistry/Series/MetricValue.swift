/// A value as read: an exact integer × 10^exponent, or a double.
package enum MetricValue: Sendable, Hashable {
    case integer(Int64, exponent: Int32)
    case real(Double)

    /// The nearest double.
    package var doubleValue: Double {
        switch self {
        case .integer(let value, let exponent): Self.scale(Double(value), exponent: exponent)
        case .real(let value): value
        }
    }

    /// An integer part and a real part together; exact while there is no real part and the integer fits into 64 bits.
    static func sum(_ integer: Int128, _ real: Double, exponent: Int32) -> MetricValue {
        guard real == 0, let fitting = Int64(exactly: integer) else {
            return .real(scale(Double(integer) + real, exponent: exponent))
        }
        return .integer(fitting, exponent: exponent)
    }

    /// value × 10^exponent, rounded once: dividing by an exact power of ten, not multiplying by an inexact one.
    static func scale(_ value: Double, exponent: Int32) -> Double {
        var power = 1.0
        for _ in 0..<abs(exponent) { power *= 10 }
        return exponent < 0 ? value / power : value * power
    }
}
