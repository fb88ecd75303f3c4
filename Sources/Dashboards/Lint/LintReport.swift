package import AgentConfiguration

/// What linting has found in files, and which metrics it saw on the way.
package struct LintReport: Sendable {
    package private(set) var findings: [Finding] = []
    /// Those that stand in a query of some panel.
    package var shownMetrics: Set<String> = []

    package init() {}

    package mutating func add(_ other: LintReport) {
        findings += other.findings
        shownMetrics.formUnion(other.shownMetrics)
    }

    mutating func add(
        _ rule: LintRule, _ file: String, _ position: JSONPosition?, _ subject: [String],
        _ message: String
    ) {
        findings.append(
            Finding(
                rule: rule, file: file, position: position, subject: subject, expression: nil,
                place: nil, message: message))
    }

    /// Checks an expression and answers the labels it yields; nil: any.
    mutating func check(
        expression text: String, _ rules: QueryRules, _ catalog: MetricCatalog, file: String,
        _ position: JSONPosition?, _ subject: [String]
    ) -> Set<String>? {
        func add(_ finding: ExpressionFinding) {
            findings.append(
                Finding(
                    rule: finding.rule, file: file, position: position, subject: subject,
                    expression: text,
                    place: ExpressionPlace(offset: finding.range.lowerBound, in: text),
                    message: finding.message))
        }
        do throws(PromQLError) {
            let result = ExpressionLint.check(try PromQLParser.parse(text), catalog, rules)
            for finding in result.findings { add(finding) }
            if rules.isPanel { shownMetrics.formUnion(result.metrics) }
            return result.labels
        } catch {
            add(ExpressionFinding(rule: .syntax, range: error.range, message: error.reason))
            return nil
        }
    }

    /// Two dashboards of one uid overwrite each other.
    package mutating func checkIdentities(_ dashboards: [(file: String, node: JSONNode)]) {
        var owners: [String: String] = [:]
        for (file, node) in dashboards {
            for key in ["uid", "title"] {
                guard let value = node.text(key) else { continue }
                if let owner = owners["\(key) \(value)"] {
                    add(
                        .dashboard, file, node[key]?.position, [],
                        "the \(key) \"\(value)\" is taken by \(owner)")
                }
                owners["\(key) \(value)"] = owners["\(key) \(value)"] ?? file
            }
        }
    }

    /// Says of every metric whether it stands on a dashboard.
    package mutating func checkCoverage(of catalog: MetricCatalog) {
        for metric in catalog.metrics where !shownMetrics.contains(metric.name) {
            add(
                .coverage, "dashboards", nil, [],
                "the metric \(metric.name) of \(metric.owner) stands on no panel")
        }
    }
}
