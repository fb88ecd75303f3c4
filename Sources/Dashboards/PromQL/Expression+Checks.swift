import AgentConfiguration

// Each part of an expression is checked when it is made, from the inside out.

extension Expression {
    init(number token: PromQLToken) throws(PromQLError) {
        let text = token.keyword
        let value: Double? =
            switch text {
            case "inf": .infinity
            case "nan": .nan
            case _ where text.hasPrefix("0x"): Int64(text.dropFirst(2), radix: 16).map(Double.init)
            default: Double(text).flatMap { $0.isFinite ? $0 : nil }
            }
        guard let value else {
            throw PromQLError("\"\(token.text)\" is no number", at: token.range)
        }
        self.init(content: .number(value), type: .scalar, range: token.range)
    }

    init(sign: PromQLToken, _ operand: Expression) throws(PromQLError) {
        guard operand.type.fits(.scalar) || operand.type.fits(.instantVector) else {
            throw PromQLError(
                "a sign stands before a scalar or an instant vector, this is \(operand.type)",
                at: operand.range)
        }
        self.init(
            content: .signed(operand), type: operand.type,
            range: sign.range.lowerBound..<operand.range.upperBound)
    }

    init(_ selector: VectorSelector, range: Range<Int>) throws(PromQLError) {
        if selector.metric != nil,
            let second = selector.matchers.first(where: { $0.label.text == "__name__" })
        {
            throw PromQLParser.namedTwice(at: second.label.range)
        }
        for matcher in selector.matchers {
            guard [.matches, .doesNotMatch].contains(matcher.operator), !matcher.value.isTemplate,
                let fault = MatcherPattern.fault(in: matcher.value.text)
            else { continue }
            throw PromQLError("no regular expression: \(fault)", at: matcher.value.range)
        }
        guard selector.metric != nil || !selector.matchers.allSatisfy(\.matchesEmpty) else {
            throw PromQLError(
                "the selector needs a metric's name or a matcher that an empty text does not meet",
                at: range)
        }
        self.init(content: .selector(selector), type: .instantVector, range: range)
    }

    init(_ call: FunctionCall, end: Int) throws(PromQLError) {
        let function = call.function
        guard function.accepts(count: call.arguments.count) else {
            throw PromQLError(
                "\(function.name)() takes \(function.arity), found \(call.arguments.count)",
                at: call.nameRange.lowerBound..<end)
        }
        for (index, argument) in call.arguments.enumerated() {
            let wanted = function.parameter(index)
            guard argument.type.fits(wanted) else {
                let place = call.arguments.count > 1 ? " as argument \(index + 1)" : ""
                throw PromQLError(
                    "\(function.name)() takes \(wanted)\(place), this is \(argument.type)",
                    at: argument.range)
            }
        }
        self.init(
            content: .call(call), type: function.result, range: call.nameRange.lowerBound..<end)
    }

    init(_ aggregation: Aggregation, end: Int) throws(PromQLError) {
        let name = aggregation.operation.rawValue
        let wanted = (aggregation.operation.parameter.map { [$0] } ?? []) + [.instantVector]
        guard aggregation.arguments.count == wanted.count else {
            let plural = wanted.count == 1 ? "argument" : "arguments"
            throw PromQLError(
                "\(name) takes \(wanted.count) \(plural), found \(aggregation.arguments.count)",
                at: aggregation.nameRange.lowerBound..<end)
        }
        for (argument, type) in zip(aggregation.arguments, wanted)
        where !argument.type.fits(type) {
            throw PromQLError(
                "\(name) takes \(type), this is \(argument.type)", at: argument.range)
        }
        self.init(
            content: .aggregation(aggregation), type: .instantVector,
            range: aggregation.nameRange.lowerBound..<end)
    }

    init(_ binary: BinaryOperation) throws(PromQLError) {
        let operation = binary.operation
        let sides = [binary.left, binary.right]
        for side in sides where !side.type.fits(.scalar) && !side.type.fits(.instantVector) {
            throw PromQLError(
                "\"\(operation.rawValue)\" takes scalars and instant vectors, this is \(side.type)",
                at: side.range)
        }
        func fault(_ reason: String) -> PromQLError {
            PromQLError(reason, at: binary.operatorRange)
        }
        let hasScalar = sides.contains { $0.type == .scalar }
        let areScalars = sides.allSatisfy { $0.type == .scalar }
        if binary.isBool, !operation.isComparison {
            throw fault("\"bool\" follows a comparison only, not \"\(operation.rawValue)\"")
        }
        if operation.isComparison, areScalars, !binary.isBool {
            throw fault("a comparison of two scalars needs \"bool\"")
        }
        if hasScalar, operation.isSetOperator {
            throw fault("\"\(operation.rawValue)\" takes two vectors, one of these is a scalar")
        }
        if let matching = binary.matching {
            if hasScalar, !matching.labels.isEmpty {
                throw fault("labels can be matched between two vectors only")
            }
            if operation.isSetOperator, let many = matching.many {
                throw fault("\"\(operation.rawValue)\" takes no \(many.rawValue)")
            }
            let twice = matching.included.first { label in
                matching.isOn && matching.labels.contains { $0.text == label.text }
            }
            if let twice {
                throw PromQLError(
                    "the label \"\(twice.text)\" stands in \"on\" and in the group as well",
                    at: twice.range)
            }
        }
        self.init(
            content: .binary(binary), type: Self.type(of: sides.map(\.type)),
            range: binary.left.range.lowerBound..<binary.right.range.upperBound)
    }

    private static func type(of sides: [ValueType]) -> ValueType {
        if sides.contains(.instantVector) { return .instantVector }
        return sides.contains(.any) ? .any : .scalar
    }
}

extension LabelMatcher {
    /// Whether a series without the label meets this. A variable is taken to stand for something.
    var matchesEmpty: Bool {
        switch self.operator {
        case .equal: value.text.isEmpty
        case .notEqual: !value.text.isEmpty && !value.isTemplate
        case .matches: !value.isTemplate && acceptsEmpty == true
        case .doesNotMatch: !value.isTemplate && acceptsEmpty == false
        }
    }

    /// Whether its regular expression matches the empty text; nil where it has something that
    /// cannot be looked at.
    private var acceptsEmpty: Bool? {
        (try? Pattern("^(?:\(value.text))$"))?.matches("")
    }
}
