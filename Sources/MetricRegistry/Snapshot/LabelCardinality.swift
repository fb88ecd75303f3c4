import Telemetry

/// How many values a label has among the series of a metric.
package struct LabelCardinality: Sendable, Equatable {
    package let label: String
    package let values: Int

    package init(label: String, values: Int) {
        self.label = label
        self.values = values
    }
}

extension FamilySnapshot {
    /// The labels, that with the most values first. Only the first `limit` series are looked at.
    package func labelCardinalities(limit: Int) -> [LabelCardinality] {
        var seen = Array(repeating: Set<UInt64>(), count: group.labelNames.count)
        ReadSection.run { _ in
            for row in rows.prefix(limit) {
                let values = row.values(count: group.labelNames.count, gaps: group.gaps)
                for (index, value) in values.enumerated() {
                    guard let start = value.baseAddress else { continue }
                    seen[index].insert(
                        ByteHash.combine(ByteHash.seed, start, value.count, key: ByteHash.seed))
                }
            }
        }
        return zip(group.labelNames, seen)
            .map { LabelCardinality(label: $0.description, values: $1.count) }
            .sorted { ($0.values, $1.label) > ($1.values, $0.label) }
    }

    /// Label sets, the overflow series not counted.
    package var seriesCount: Int { rows.count }
}
