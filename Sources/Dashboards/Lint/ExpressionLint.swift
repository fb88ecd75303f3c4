import AgentConfiguration

/// Goes through an expression with the metrics there are, and collects what cannot be right.
package struct ExpressionLint {
    /// What surrounds a part of the expression.
    struct Surroundings {
        /// The function whose argument it is, through brackets and aggregations.
        var reader: String?
        /// The nearest aggregation around it.
        var aggregation: AggregationOperator?
        var isInHistogramQuantile = false
    }

    /// What an expression comes to.
    package struct Result: Sendable {
        package var findings: [ExpressionFinding] = []
        /// The labels of what it yields; nil where that cannot be known.
        package var labels: Set<String>?
        /// The metrics it reads.
        package var metrics: Set<String> = []
    }

    let catalog: MetricCatalog
    let rules: QueryRules
    var result = Result()

    package static func check(
        _ expression: Expression, _ catalog: MetricCatalog, _ rules: QueryRules
    ) -> Result {
        var lint = ExpressionLint(catalog: catalog, rules: rules)
        lint.result.labels = lint.labels(of: expression, Surroundings())
        if !expression.type.fits(.instantVector), !expression.type.fits(.scalar) {
            lint.report(
                .syntax, at: expression.range,
                "the query yields \(expression.type), of which nothing can be drawn")
        }
        return lint.result
    }

    private init(catalog: MetricCatalog, rules: QueryRules) {
        self.catalog = catalog
        self.rules = rules
    }

    mutating func report(_ rule: LintRule, at range: Range<Int>, _ message: String) {
        let finding = ExpressionFinding(rule: rule, range: range, message: message)
        if !result.findings.contains(finding) { result.findings.append(finding) }
    }

    // MARK: The walk

    /// Checks a part and answers its labels; nil: any.
    mutating func labels(of expression: Expression, _ around: Surroundings) -> Set<String>? {
        switch expression.content {
        case .number, .string: return []
        case .variable(let text):
            checkVariables(in: text, at: expression.range)
            return nil
        case .selector(let selector): return labels(of: selector, expression.range, around)
        case .range(let selector, let span):
            checkInterval(span, around)
            return labels(of: selector, around)
        case .subquery(let inner, let span, let step):
            for span in [span] + (step.map { [$0] } ?? []) {
                checkVariables(in: span.text, at: span.range)
            }
            var inside = around
            inside.reader = nil
            return labels(of: inner, inside)
        case .offset(let inner, let span):
            checkVariables(in: span.text, at: span.range)
            return labels(of: inner, around)
        case .at(let inner), .parenthesized(let inner), .signed(let inner):
            return labels(of: inner, around)
        case .call(let call): return labels(of: call, around)
        case .aggregation(let aggregation): return labels(of: aggregation, around)
        case .binary(let binary): return labels(of: binary, around)
        }
    }

    func checkedNames(_ text: String) -> [String] {
        GrafanaVariables.names(in: text).filter {
            !$0.hasPrefix("__") && !rules.variables.contains($0)
        }
    }

    mutating func checkVariables(in text: String, at range: Range<Int>) {
        guard rules.isDashboard else {
            if !GrafanaVariables.names(in: text).isEmpty {
                report(
                    .unknownVariable, at: range, "Prometheus knows no variables: write out \(text)")
            }
            return
        }
        for name in checkedNames(text) {
            let nearest = rules.variables.sorted().nearest(to: name)
            let hint = nearest.map { "; did you mean \"$\($0)\"?" } ?? ""
            report(
                .unknownVariable, at: range, "the dashboard has no variable \"\(name)\"\(hint)")
        }
    }

    // MARK: Functions

    private mutating func labels(of call: FunctionCall, _ around: Surroundings) -> Set<String>? {
        let name = call.function.name
        if name == "histogram_quantile", call.arguments.count == 2 {
            return labelsOfQuantile(call, around)
        }
        var inside = around
        inside.reader = name
        inside.aggregation = nil
        let arguments = call.arguments.map { labels(of: $0, inside) }
        switch name {
        case "time", "pi", "scalar", "vector": return []
        case "absent", "absent_over_time", "info": return nil
        case "label_replace", "label_join": return relabelled(call, arguments.first ?? nil)
        default:
            let vector = zip(call.arguments, arguments).first { $0.0.type != .scalar }
            return vector?.1 ?? (vector == nil ? [] : nil)
        }
    }

    /// `label_replace` and `label_join`: their sources must be there, their target then is.
    private mutating func relabelled(
        _ call: FunctionCall, _ labels: Set<String>?
    ) -> Set<String>? {
        let texts = call.arguments.map { argument -> (text: String, range: Range<Int>)? in
            guard case .string(let text) = argument.content else { return nil }
            return (text, argument.range)
        }
        let sources =
            call.function.name == "label_replace"
            ? texts.dropFirst(3).prefix(1) : texts.dropFirst(3)
        for source in sources {
            guard let source, !source.text.isEmpty else { continue }
            check(label: source.text, at: source.range, isThere: labels)
        }
        guard var labels, let target = texts.dropFirst().first ?? nil else { return nil }
        labels.insert(target.text)
        return labels
    }

    // MARK: Labels

    /// - Parameter labels: those there are; nil: any.
    mutating func check(label: String, at range: Range<Int>, isThere labels: Set<String>?) {
        guard let labels, !labels.contains(label), label != "__name__",
            label != MetricSeries.overflowLabel
        else { return }
        let nearest = labels.sorted().nearest(to: label)
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        let known =
            labels.isEmpty
            ? "there are none" : "there are \(labels.sorted().joined(separator: ", "))"
        report(
            .unknownLabel, at: range, "there is no label \"\(label)\" here\(hint): \(known)")
    }
}
