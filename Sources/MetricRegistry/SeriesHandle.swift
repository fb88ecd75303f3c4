import CPlatform
import Synchronization
package import Telemetry

/// One series, written directly: for what the agent knows of itself without an event.
///
/// The series does not expire while its handle lives. Safe from any thread.
package final class SeriesHandle: @unchecked Sendable {
    // Sendable: the row is pinned, and its cells are atomic.

    private let metric: Metric
    private let group: SeriesGroup
    private let row: SeriesRow.Pointer
    private let lastTotal = Mutex<Int64>(0)
    private let isRetired = Atomic(false)

    init?(metric: Metric, group: SeriesGroup, labels: [String]) {
        self.metric = metric
        self.group = group
        let row = LabelValues.withTexts(of: labels.map { Array($0.utf8) }) { texts, hash in
            ReadSection.run { _ in
                group.pinnedRow(texts.baseAddress.unsafelyUnwrapped, texts.count, hash)
            }
        }
        guard let row else { return nil }
        self.row = row
    }

    deinit {
        if isRetired.load(ordering: .relaxed), group.removeHeld(row) { return }
        // Its time of idleness begins now.
        group.touch(row)
        row.pointee.unpin()
    }

    /// Has the series go with its last handle: what it tells of is there no more.
    package func retire() { isRetired.store(true, ordering: .relaxed) }

    /// Adds to a counter, a sum or an up-down counter; observes in a distribution or summary; sets a gauge.
    ///
    /// What an event could not do is skipped and counted here as well: see `SkipReason`.
    package func record(_ value: Measurement) {
        let raw = MeasurementCell(value)
        guard let value = metric.accept(raw, factor: metric.conversion.multiplier) else { return }
        let slot = platform_thread_slot_get().pointee.index
        let shard = row.pointee.shards.shard(of: slot, from: .passUnretained(group.shards))
        let cell = shard.cells + metric.cell
        if metric.kind == .lastValue {
            if let gauge = row.pointee.gauges.map({ $0 + metric.cell }) {
                value.isInteger ? gauge.pointee.set(value.integer) : gauge.pointee.set(value.real)
            }
        } else {
            guard
                metric.update(
                    cell, with: value, unscaled: raw.doubleValue, carries: group.carries,
                    isShared: true)
            else { return }
        }
        shard.pointee.touched.bitwiseOr(metric.bit, ordering: .acquiringAndReleasing)
    }

    /// Adds to a counter what a total that is counted elsewhere has grown by.
    ///
    /// A total that is less than the one before it has begun anew, and is added whole: the counter itself never goes down.
    /// To be told in the order in which the totals were read.
    package func reach(_ total: Int64) {
        let total = max(0, total)
        let delta = lastTotal.withLock { last in
            defer { last = total }
            return total < last ? total : total - last
        }
        record(.integer(delta))
    }
}
