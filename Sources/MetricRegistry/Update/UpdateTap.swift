/// Sees every single update as it is applied, for exporters that stream them.
///
/// Without a tap, updates cost nothing more; with one, they take the general path.
package protocol UpdateTap: AnyObject, Sendable {
    /// Called in the emitter's thread, inside a read section: copy what is wanted, and return.
    func updated(_ update: AppliedUpdate)
}

/// One update of one series.
package struct AppliedUpdate {
    package let metric: MetricName
    package let kind: MetricKind
    /// Tells the metrics that share a series' id apart.
    package let part: UInt32
    /// Rendered labels, without braces; a view that is valid during the call.
    package let labels: UnsafeRawBufferPointer
    /// What was added, observed or set, in the metric's unit.
    package let value: MetricValue
    /// The same for the same series while it lives.
    package let series: UInt64
}

/// The taps of a plan.
final class TapList: Sendable {
    let taps: [any UpdateTap]

    init(_ taps: [any UpdateTap]) { self.taps = taps }

    func updated(
        _ metric: Metric, _ group: SeriesGroup, _ row: SeriesRow.Pointer, _ value: MetricValue
    ) {
        let isOverflow = row == group.overflowRow
        for tap in taps {
            tap.updated(
                AppliedUpdate(
                    metric: metric.definition.name, kind: metric.kind, part: metric.bit,
                    labels: row.text(labelCount: isOverflow ? 0 : group.labelNames.count),
                    value: value, series: UInt64(UInt(bitPattern: row))))
        }
    }
}
