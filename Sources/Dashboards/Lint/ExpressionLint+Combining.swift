extension ExpressionLint {
    // MARK: Aggregations

    mutating func labels(
        of aggregation: Aggregation, _ around: Surroundings
    ) -> Set<String>? {
        for parameter in aggregation.arguments.dropLast() { _ = labels(of: parameter, around) }
        guard let operand = aggregation.operand else { return nil }
        var inside = around
        inside.aggregation = aggregation.operation
        let labels = labels(of: operand, inside)
        for label in aggregation.grouping?.labels ?? [] {
            checkVariables(in: label.text, at: label.range)
            if !label.isTemplate { check(label: label.text, at: label.range, isThere: labels) }
        }
        if around.isInHistogramQuantile, aggregation.operation != .sum,
            labels?.contains("le") ?? true
        {
            report(
                .quantileOfBuckets, at: aggregation.nameRange,
                "buckets are added up: \(aggregation.operation.rawValue) of them is no histogram; use sum"
            )
        }
        guard !aggregation.operation.choosesSeries else { return labels }
        var kept = Self.grouped(labels, by: aggregation.grouping)
        if aggregation.operation == .countValues,
            case .string(let label)? = aggregation.arguments
                .first?.content
        {
            kept?.insert(label)
        }
        checkQuantileKept(labels, kept, operand, aggregation)
        return kept
    }

    private static func grouped(
        _ labels: Set<String>?, by grouping: Aggregation.Grouping?
    ) -> Set<String>? {
        guard let grouping else { return [] }
        guard !grouping.labels.contains(where: \.isTemplate) else { return nil }
        let named = Set(grouping.labels.map(\.text))
        return grouping.isWithout ? labels?.subtracting(named) : named
    }

    /// An aggregation over a summary that mixes its quantiles.
    private mutating func checkQuantileKept(
        _ before: Set<String>?, _ after: Set<String>?, _ operand: Expression,
        _ aggregation: Aggregation
    ) {
        guard let before, before.contains("quantile"), let after, !after.contains("quantile"),
            ![.count, .group].contains(aggregation.operation), !operand.matches("quantile")
        else { return }
        report(
            .summaryQuantile, at: aggregation.nameRange,
            "\(aggregation.operation.rawValue) mixes the quantiles of a summary: keep them apart by "
                + "(quantile), or select one by {quantile=\"…\"}")
    }

    // MARK: histogram_quantile

    mutating func labelsOfQuantile(
        _ call: FunctionCall, _ around: Surroundings
    ) -> Set<String>? {
        let (share, buckets) = (call.arguments[0], call.arguments[1])
        _ = labels(of: share, around)
        if case .number(let value) = share.content, !(0...1).contains(value) {
            report(.quantileOfBuckets, at: share.range, "a quantile lies between 0 and 1")
        }
        var inside = Surroundings()
        inside.isInHistogramQuantile = true
        let labels = labels(of: buckets, inside)
        if let labels, !labels.contains("le") {
            let isBucket = buckets.selectors.contains { selector in
                selector.metric.flatMap { catalog.series(named: $0.text) }?.part == .bucket
            }
            report(
                .quantileOfBuckets, at: buckets.range,
                isBucket
                    ? "the label \"le\" is lost on the way: aggregate by (le, …)"
                    : "histogram_quantile() takes the _bucket series of a distribution")
        }
        return labels?.subtracting(["le"])
    }

    // MARK: Operators

    mutating func labels(of binary: BinaryOperation, _ around: Surroundings) -> Set<String>? {
        var around = around
        if binary.findsNewSeries { around.reader = "unless" }
        let left = labels(of: binary.left, around)
        let right = labels(of: binary.right, around)
        guard binary.right.type != .scalar else { return left }
        guard binary.left.type != .scalar else { return right }
        guard binary.operation != .or else {
            return left.flatMap { left in right.map(left.union) }
        }
        guard let matching = binary.matching else {
            checkSidesMatch(left, right, binary)
            return left ?? right
        }
        for label in matching.labels where !label.isTemplate {
            check(label: label.text, at: label.range, isThere: left)
            check(label: label.text, at: label.range, isThere: right)
        }
        let one = matching.many == .right ? left : right
        for label in matching.included where !label.isTemplate {
            check(label: label.text, at: label.range, isThere: one)
        }
        if binary.operation.isSetOperator { return left }
        switch matching.many {
        case .left: return left?.union(matching.included.map(\.text))
        case .right: return right?.union(matching.included.map(\.text))
        case nil:
            let named = Set(matching.labels.map(\.text))
            return matching.isOn ? named : left?.subtracting(named)
        }
    }

    /// Without "on" and "ignoring", series pair when all of their labels are equal.
    private mutating func checkSidesMatch(
        _ left: Set<String>?, _ right: Set<String>?, _ binary: BinaryOperation
    ) {
        guard let left, let right, left != right else { return }
        let only = left.symmetricDifference(right).sorted().joined(separator: ", ")
        report(
            .noMatch, at: binary.operatorRange,
            "no series of the two sides pair, for only one side has \(only): aggregate both by the same "
                + "labels, or use on (…)")
    }
}

extension BinaryOperation {
    /// `x unless x offset 30m`: what series that are new were born with, which no `increase()` sees.
    fileprivate var findsNewSeries: Bool {
        guard operation == .unless, case .selector(let new) = left.content,
            case .offset(let before, _) = right.content, case .selector(let old) = before.content
        else { return false }
        return new.metric?.text == old.metric?.text
    }
}
