import Synchronization
import Telemetry

/// All series at one time. Reading it does not stop writers: each series is read when it is asked for.
///
/// Memory of series that expire meanwhile stays until the snapshot is gone. Used by one thread at a time.
package final class MetricSnapshot: @unchecked Sendable {
    // Sendable: constant, but for memory that the graveyard keeps while this is open.

    /// When it was taken, nanoseconds since 1970.
    package let time: Int64
    /// Sorted by name.
    package let families: [FamilySnapshot]
    private let graveyard: Graveyard
    private let generation: UInt64

    init(time: Int64, families: [FamilySnapshot], graveyard: Graveyard, generation: UInt64) {
        self.time = time
        self.families = families
        self.graveyard = graveyard
        self.generation = generation
    }

    deinit { graveyard.close(generation) }
}

/// One family of a snapshot.
package struct FamilySnapshot: @unchecked Sendable {
    // Sendable: the row list is constant up to `count` and outlives this, see MetricSnapshot.

    package let definition: MetricDefinition
    package let owner: String
    let metric: Metric
    let group: SeriesGroup
    let rows: UnsafeBufferPointer<SeriesRow.Pointer>
    private let overflow: SeriesRow.Pointer?

    init(definition: MetricDefinition, owner: String, metric: Metric, group: SeriesGroup) {
        self.definition = definition
        self.owner = owner
        self.metric = metric
        self.group = group
        rows = group.rows.load(ordering: .acquiring).pointee.rows
        overflow = group.overflowRow
    }

    /// Room that `read` needs in `buckets` for each series.
    package var bucketCount: Int {
        definition.kind == .distribution ? definition.buckets.count + 1 : 0
    }

    /// Room that `read` needs in `quantiles` for each series.
    package var quantileCount: Int { definition.kind == .summary ? definition.quantiles.count : 0 }

    /// Reads up to `limit` further series and hands each to `body` with its number in this batch.
    ///
    /// `cursor` begins at 0. True while there may be more. `buckets` and `quantiles` have room for `limit`
    /// series, `bucketCount` and `quantileCount` each; what a sample points to is valid as long as they are.
    package func read(
        cursor: inout Int, limit: Int, buckets: UnsafeMutablePointer<UInt64>,
        quantiles: UnsafeMutablePointer<Double>, _ body: (Int, SeriesSample) -> Void
    ) -> Bool {
        ReadSection.run { _ in
            var number = 0
            while number < limit {
                let row: SeriesRow.Pointer
                if cursor < rows.count {
                    row = rows[cursor]
                } else if cursor == rows.count, let overflow {
                    row = overflow
                } else {
                    return false
                }
                cursor &+= 1
                let sample = sample(
                    row, buckets + number &* bucketCount, quantiles + number &* quantileCount)
                guard let sample else { continue }
                body(number, sample)
                number &+= 1
            }
            return true
        }
    }

    /// The labels of a series as plain pairs.
    package func labels(of id: UInt64) -> [(name: String, value: UnsafeRawBufferPointer)] {
        guard let row = SeriesRow.Pointer(bitPattern: UInt(id)) else { return [] }
        guard row != overflow else {
            let value: StaticString = "true"
            return [
                (
                    "otel_metric_overflow",
                    UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount)
                )
            ]
        }
        let values = row.values(count: group.labelNames.count, gaps: group.gaps)
        return zip(group.labelNames, values).map { ($0.description, $1) }
    }

    // MARK: One series

    /// The row's value for this metric; nil where it has none yet.
    private func sample(
        _ row: SeriesRow.Pointer, _ buckets: UnsafeMutablePointer<UInt64>,
        _ quantiles: UnsafeMutablePointer<Double>
    ) -> SeriesSample? {
        let kind = definition.kind
        let exponent = metric.conversion.exponent
        var sample = SeriesSample(
            labels: row.text(labelCount: row == overflow ? 0 : group.labelNames.count),
            startTime: kind.isCumulative ? row.pointee.created : 0,
            id: UInt64(UInt(bitPattern: row)))
        var total = Total()
        var sketch = MergedSketch()
        if kind == .distribution { buckets.update(repeating: 0, count: bucketCount) }
        row.pointee.shards.visit { shard in
            guard shard.pointee.touched.load(ordering: .acquiring) & metric.bit != 0 else { return }
            total.isTouched = true
            guard kind != .lastValue else { return }
            let cells = shard.cells + metric.cell
            total.integer &+= group.carries.total(cells)
            guard kind != .counter else { return }
            total.real += Double(bitPattern: cells[1].load(ordering: .relaxed))
            guard kind == .distribution || kind == .summary else { return }
            total.negatives &+= cells[Metric.negativeCell].load(ordering: .relaxed)
            if kind == .distribution {
                for index in 0..<bucketCount {
                    buckets[index] &+= cells[Metric.bucketCell &+ index].load(ordering: .relaxed)
                }
            } else {
                sketch.add(SketchCell(cells + Metric.sketchCell))
            }
        }
        guard total.isTouched else { return nil }
        switch kind {
        case .counter: sample.value = total.value(0)
        case .sum, .upDownCounter: sample.value = total.value(exponent)
        case .lastValue:
            guard
                let value = row.pointee.gauges.flatMap({ $0[metric.cell].load(exponent: exponent) })
            else { return nil }
            sample.value = value
        case .distribution:
            sample.value = total.negativeCount
            sample.sum = total.value(exponent)
            for index in 0..<bucketCount { sample.count &+= buckets[index] }
            sample.buckets = UnsafePointer(buckets)
        case .summary:
            sample.value = total.negativeCount
            sample.sum = total.value(exponent)
            sample.count = sketch.total
            for (index, value) in sketch.values(definition.quantiles).enumerated() {
                quantiles[index] = MetricValue.scale(value, exponent: exponent)
            }
            sample.quantiles = UnsafePointer(quantiles)
        }
        return sample
    }

    /// What the shards of a series add up to.
    private struct Total {
        var isTouched = false
        var integer: Int128 = 0
        var real = 0.0
        var negatives: UInt64 = 0

        var negativeCount: MetricValue { .integer(Int64(clamping: negatives), exponent: 0) }

        func value(_ exponent: Int32) -> MetricValue { .sum(integer, real, exponent: exponent) }
    }
}

/// One series as read. Pointers are valid as `FamilySnapshot.read` says.
package struct SeriesSample {
    /// Rendered labels, without braces.
    package let labels: UnsafeRawBufferPointer
    /// Nanoseconds since 1970; 0 for what is not cumulative.
    package let startTime: Int64
    /// The same for the same series while it lives.
    package let id: UInt64
    /// Of a distribution or summary how many observations were below zero: with any, its sum may have gone down.
    package var value: MetricValue = .integer(0, exponent: 0)
    package var sum: MetricValue = .integer(0, exponent: 0)
    package var count: UInt64 = 0
    /// Each bucket's own count, the one beyond the last bound included.
    package var buckets: UnsafePointer<UInt64>?
    package var quantiles: UnsafePointer<Double>?

    init(labels: UnsafeRawBufferPointer, startTime: Int64, id: UInt64) {
        self.labels = labels
        self.startTime = startTime
        self.id = id
    }
}
