/// The names that metrics have under a configuration, in place of those their plugins declare.
package struct MetricRenaming: Sendable {
    /// By the series' own name: `runner_queue_time_seconds_bucket`.
    private var names: [String: String] = [:]

    package init() {}

    package var isEmpty: Bool { names.isEmpty }

    /// Names a metric differently, with all its series; what is renamed already stays so.
    package mutating func rename(_ metric: MetricCatalog.Metric, to name: String) {
        var other = metric
        other.name = name
        let parts = zip(MetricSeries.parts(of: metric), MetricSeries.parts(of: other))
        for (old, new) in parts where names[old.name] == nil && old.name != new.name {
            names[old.name] = new.name
        }
    }

    /// An expression with its metrics renamed, and nothing else of it changed. One that is not
    /// PromQL stays as it is: it is the linter's to complain.
    package func rewrite(_ text: String) -> String {
        guard !names.isEmpty, let expression = try? PromQLParser.parse(text) else { return text }
        var bytes = Array(text.utf8)
        // From the end, so that the places before it stay true.
        for word in expression.metricWords.sorted(by: { $0.range.lowerBound > $1.range.lowerBound })
        {
            guard let name = names[word.text] else { continue }
            let isQuoted = bytes[word.range].first != word.text.utf8.first
            bytes.replaceSubrange(word.range, with: Array((isQuoted ? "\"\(name)\"" : name).utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Expression {
    /// Every metric's name in it, whether it stands before the braces or in them.
    var metricWords: [Word] {
        selectors.compactMap { selector in
            let matcher = selector.matchers.first {
                $0.label.text == "__name__" && $0.operator == .equal
            }
            return selector.metric ?? matcher?.value
        }
    }
}
