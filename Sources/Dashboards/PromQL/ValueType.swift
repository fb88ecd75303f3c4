/// What an expression yields.
package enum ValueType: String, Hashable, Sendable, CustomStringConvertible {
    case scalar
    case string
    case instantVector
    case rangeVector
    /// What a Grafana variable stands for.
    case any

    package var description: String {
        switch self {
        case .scalar: "a scalar"
        case .string: "a string"
        case .instantVector: "an instant vector"
        case .rangeVector: "a range vector, such as x[5m]"
        case .any: "anything"
        }
    }

    /// Whether this may stand where `other` is asked for.
    func fits(_ other: ValueType) -> Bool { self == other || self == .any || other == .any }
}
