/// Which series an exporter sees: those that some `include` matches, or all where there is none, less those that
/// any `exclude` matches.
package struct SnapshotFilter: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        /// A metric's name in which `*` stands for any text.
        package var metric: String
        /// Label → the values accepted; all labels named must fit.
        package var labels: [String: [String]]

        package init(metric: String, labels: [String: [String]] = [:]) {
            self.metric = metric
            self.labels = labels
        }
    }

    package var include: [Rule] = []
    package var exclude: [Rule] = []

    package init(include: [Rule] = [], exclude: [Rule] = []) {
        self.include = include
        self.exclude = exclude
    }

    package var isEmpty: Bool { include.isEmpty && exclude.isEmpty }

    /// What is known of a family from its name alone.
    enum FamilyDecision: Hashable { case all, none, bySeries }

    func decision(family: String) -> FamilyDecision {
        let excluding = exclude.filter { Self.matches(family, $0.metric) }
        guard !excluding.contains(where: \.labels.isEmpty) else { return .none }
        let including = include.filter { Self.matches(family, $0.metric) }
        guard include.isEmpty || !including.isEmpty else { return .none }
        let wantsAll = include.isEmpty || including.contains(where: \.labels.isEmpty)
        return wantsAll && excluding.isEmpty ? .all : .bySeries
    }

    /// Whether a series is seen. `label` answers a label's value, nil where the series has none of that name.
    func accepts(family: String, label: (String) -> String?) -> Bool {
        func fits(_ rule: Rule) -> Bool {
            Self.matches(family, rule.metric)
                && rule.labels.allSatisfy { name, values in
                    label(name).map(values.contains) ?? false
                }
        }
        return (include.isEmpty || include.contains(where: fits)) && !exclude.contains(where: fits)
    }

    /// Whether a name fits a pattern. Linear in practice: it only ever returns to the last star.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name.utf8)
        let pattern = Array(pattern.utf8)
        var (at, want) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while at < name.count {
            if want < pattern.count, pattern[want] == UInt8(ascii: "*") {
                star = (want, at)
                want += 1
            } else if want < pattern.count, pattern[want] == name[at] {
                at += 1
                want += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.name + 1
                want = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[want...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
