/// A PromQL expression, as Grafana's query field takes it: with variables.
package struct Expression: Hashable, Sendable {
    package indirect enum Content: Hashable, Sendable {
        case number(Double)
        case string(String)
        /// A Grafana variable in the place of a number.
        case variable(String)
        case selector(VectorSelector)
        /// `selector[span]`
        case range(Expression, over: TimeSpan)
        /// `expression[span:step]`
        case subquery(Expression, over: TimeSpan, step: TimeSpan?)
        /// `… offset 5m`
        case offset(Expression, TimeSpan)
        /// `… @ 1609746000`, `… @ end()`
        case at(Expression)
        case call(FunctionCall)
        case aggregation(Aggregation)
        case binary(BinaryOperation)
        /// `-expression`, `+expression`
        case signed(Expression)
        case parenthesized(Expression)
    }

    package let content: Content
    package let type: ValueType
    /// The bytes of the text it was read from.
    package let range: Range<Int>
}

/// `metric{label="value"}`
package struct VectorSelector: Hashable, Sendable {
    /// Nil where only matchers say what is meant.
    package let metric: Word?
    package let matchers: [LabelMatcher]
}

/// A name, with its place.
package struct Word: Hashable, Sendable {
    package let text: String
    package let range: Range<Int>
    /// A Grafana variable is part of it.
    package let isTemplate: Bool
}

/// `label="value"`
package struct LabelMatcher: Hashable, Sendable {
    package enum Operator: String, Hashable, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case doesNotMatch = "!~"
    }

    package let label: Word
    package let `operator`: Operator
    package let value: Word
}

/// `5m`, `1h30m`, `$__rate_interval`
package struct TimeSpan: Hashable, Sendable {
    package let text: String
    package let range: Range<Int>
    package let isTemplate: Bool
}

/// `rate(x[5m])`
package struct FunctionCall: Hashable, Sendable {
    package let function: PromQLFunction
    package let nameRange: Range<Int>
    package let arguments: [Expression]
}

/// `sum by (site) (x)`
package struct Aggregation: Hashable, Sendable {
    package struct Grouping: Hashable, Sendable {
        package let isWithout: Bool
        package let labels: [Word]
    }

    package let operation: AggregationOperator
    package let nameRange: Range<Int>
    package let grouping: Grouping?
    package let arguments: [Expression]

    /// What is aggregated; the number before it, where there is one, is a parameter.
    package var operand: Expression? { arguments.last }
}

/// `a / on (site) group_left b`
package struct BinaryOperation: Hashable, Sendable {
    package struct Matching: Hashable, Sendable {
        package enum Many: String, Hashable, Sendable {
            case left = "group_left"
            case right = "group_right"
        }

        package var isOn: Bool
        package var labels: [Word]
        package var many: Many?
        package var included: [Word] = []
    }

    package let operation: BinaryOperator
    package let operatorRange: Range<Int>
    package let isBool: Bool
    package let matching: Matching?
    package let left: Expression
    package let right: Expression
}
