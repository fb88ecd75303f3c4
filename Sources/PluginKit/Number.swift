public import CAgentPlugin

/// A number as it crosses the border: an integer times a power of ten, exactly, or a double.
public enum Number: Sendable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// No value: an event's measurement that is missing.
    case absent
    /// `integer` × 10^`exponent`: 1.5 s measured in nanoseconds is `.integer(1_500_000_000, exponent: -9)`.
    case integer(Int64, exponent: Int32 = 0)
    case double(Double)

    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    public init(floatLiteral value: Double) {
        self = .double(value)
    }

    public init(_ raw: agent_value) {
        switch raw.type {
        case UInt32(AGENT_VALUE_I64): self = .integer(raw.as.i64, exponent: raw.exponent10)
        case UInt32(AGENT_VALUE_F64): self = .double(raw.as.f64)
        default: self = .absent
        }
    }

    public var raw: agent_value {
        switch self {
        case .absent:
            return agent_value()
        case .integer(let integer, let exponent):
            var value = agent_i64(integer)
            value.exponent10 = exponent
            return value
        case .double(let double):
            return agent_f64(double)
        }
    }

    /// The nearest double; 0 for an absent number.
    public var double: Double { agent_value_f64(raw) }
}
