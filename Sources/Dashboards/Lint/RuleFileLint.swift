import AgentConfiguration

/// Checks a Prometheus rule file against the metrics there are. What `promtool check rules` refuses
/// is left to it; this is about what it cannot know.
package struct RuleFileLint {
    let file: String
    let catalog: MetricCatalog
    var report = LintReport()

    /// - Parameter text: YAML
    package static func check(
        _ text: String, file: String, _ catalog: MetricCatalog
    ) -> LintReport {
        var lint = RuleFileLint(file: file, catalog: catalog)
        do throws(YAMLError) {
            let rules = RuleFile(try YAMLReader.read(text))
            if rules.entries.isEmpty {
                lint.add(nil, [], "there are no rules in it; they stand in groups: rules:")
            }
            for rule in rules.entries { lint.check(rule) }
            lint.checkNames(rules.entries)
        } catch {
            lint.add(error.position, [], error.reason)
        }
        return lint.report
    }

    /// What the recording rules of a file yield, as metrics of any labels.
    package static func recorded(in text: String) -> [MetricCatalog.Metric] {
        guard let node = try? YAMLReader.read(text) else { return [] }
        return RuleFile(node).entries.compactMap { rule in
            rule.node["record"]?.text.map { name in
                MetricCatalog.Metric(name: name, kind: .lastValue, labels: nil, owner: "rules")
            }
        }
    }

    /// Each expression of a file, with the name of its rule.
    package static func expressions(in text: String) -> [(rule: String, expression: String)] {
        guard let node = try? YAMLReader.read(text) else { return [] }
        return RuleFile(node).entries.compactMap { rule in
            rule.node["expr"]?.text.map { (rule.name, $0) }
        }
    }

    private init(file: String, catalog: MetricCatalog) {
        self.file = file
        self.catalog = catalog
    }

    private mutating func check(_ rule: RuleFile.Entry) {
        guard let expression = rule.node["expr"], let text = expression.text else {
            return add(rule.node.position, [rule.name], "\"expr\" is missing")
        }
        let labels = report.check(
            expression: text, QueryRules(.rule), catalog, file: file, expression.position,
            [rule.name])
        if rule.node["alert"] != nil { checkAlert(rule, labels) }
    }

    private mutating func checkAlert(_ rule: RuleFile.Entry, _ labels: Set<String>?) {
        let node = rule.node
        if node["for"] == nil {
            add(node.position, [rule.name], "\"for\" is missing: one odd scrape would wake someone")
        }
        if node["labels"]?["severity"]?.text == nil {
            add(node.position, [rule.name], "the label \"severity\" is missing")
        }
        for key in ["summary", "description"] where node["annotations"]?[key]?.text == nil {
            add(node.position, [rule.name], "the annotation \"\(key)\" is missing")
        }
        guard let labels else { return }
        let own = Set((node["labels"]?.members ?? []).map(\.key))
        let texts = ["annotations", "labels"].flatMap { node[$0]?.members ?? [] }.map(\.value)
        for value in texts {
            for label in Self.labels(in: value.text ?? "")
            where !labels.contains(label) && !own.contains(label) {
                let known = labels.isEmpty ? "none" : labels.sorted().joined(separator: ", ")
                report.add(
                    .unknownLabel, file, value.position, [rule.name],
                    "it says $labels.\(label), and the expression yields the labels \(known)")
            }
        }
    }

    /// The labels that a text shows by `{{ $labels.NAME }}`.
    private static func labels(in text: String) -> [String] {
        let mark = "$labels."
        return Placeholders.names(in: text).flatMap { inner in
            inner.split(separator: " ").filter { $0.hasPrefix(mark) }.map {
                String($0.dropFirst(mark.count))
            }
        }
    }

    private mutating func checkNames(_ rules: [RuleFile.Entry]) {
        var seen: Set<String> = []
        for rule in rules where rule.node["alert"] != nil && !seen.insert(rule.name).inserted {
            add(rule.node.position, [rule.name], "another alert of this file has the same name")
        }
    }

    private mutating func add(_ position: JSONPosition?, _ subject: [String], _ message: String) {
        report.add(.alert, file, position, subject, message)
    }
}
