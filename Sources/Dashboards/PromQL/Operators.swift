/// What makes one series of many.
package enum AggregationOperator: String, Hashable, Sendable, CaseIterable {
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile
    case countValues = "count_values"
    case limitk
    case limitRatio = "limit_ratio"

    /// What it takes before the vector.
    var parameter: ValueType? {
        switch self {
        case .topk, .bottomk, .quantile, .limitk, .limitRatio: .scalar
        case .countValues: .string
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: nil
        }
    }

    /// Whether its result is series of its operand, with all their labels.
    var choosesSeries: Bool {
        [.topk, .bottomk, .limitk, .limitRatio].contains(self)
    }
}

/// What stands between two expressions.
package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case or, and, unless
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case atan2
    case power = "^"

    /// The higher, the tighter it binds.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder, .atan2: 5
        case .power: 6
        }
    }

    var isRightAssociative: Bool { self == .power }
    var isSetOperator: Bool { precedence <= 2 }
    var isComparison: Bool { precedence == 3 }
}
