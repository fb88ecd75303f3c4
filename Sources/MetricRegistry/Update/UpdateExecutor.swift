import Synchronization
import Telemetry

/// Applies the updates of a step to a row's cells.
enum UpdateExecutor {
    /// In the thread that owns the shard: plain additions.
    @inline(__always)
    static func apply(
        _ step: UnsafePointer<PlannedStep>, _ row: SeriesRow.Pointer, _ shard: Shard.Pointer,
        _ frame: UnsafePointer<EventFrame>
    ) {
        let cells = shard.cells
        let measurements = frame.pointee.measurements
        var done: UInt32 = 0
        var update = step.pointee.updates.baseAddress.unsafelyUnwrapped
        let end = update + step.pointee.updates.count
        while update < end {
            let cell = cells + Int(update.pointee.cell)
            let operation = update.pointee.operation
            if operation == .countOne {
                add(1, to: cell, step)
                done |= update.pointee.bit
            } else if operation != .general,
                measurements[Int(update.pointee.measurement)].isInteger
            {
                let value = measurements[Int(update.pointee.measurement)].integer
                switch operation {
                case .add: add(value, to: cell, step)
                case .addPositive where value >= 0: add(value, to: cell, step)
                case .set: gauge(row, update).pointee.set(value)
                case .observe:
                    let bucket = BucketBounds.bucket(
                        of: value, update.pointee.integerBounds, Int(update.pointee.boundCount))
                    (cell + (Metric.bucketCell &+ bucket)).count()
                    add(value, to: cell, step)
                    if value < 0 { (cell + Metric.negativeCell).count() }
                default:
                    refuse(update, .negative)
                    update += 1
                    continue
                }
                done |= update.pointee.bit
            } else if applyGeneral(step, update, row, cells, frame, isShared: false) {
                done |= update.pointee.bit
            }
            update += 1
        }
        let touched = shard.pointee.touched.load(ordering: .relaxed)
        if touched | done != touched {
            shard.pointee.touched.store(touched | done, ordering: .releasing)
        }
    }

    @inline(__always)
    private static func add(
        _ value: Int64, to cell: Shard.Cell, _ step: UnsafePointer<PlannedStep>
    ) {
        if !cell.add(value) {
            step.pointee.group._withUnsafeGuaranteedRef { $0.carries.add(value, to: cell) }
        }
    }

    /// In a shard that several threads share: atomic additions.
    @inline(never)
    static func applyShared(
        _ step: UnsafePointer<PlannedStep>, _ row: SeriesRow.Pointer, _ shard: Shard.Pointer,
        _ frame: UnsafePointer<EventFrame>
    ) {
        var done: UInt32 = 0
        for index in 0..<step.pointee.updates.count {
            let update = step.pointee.updates.baseAddress.unsafelyUnwrapped + index
            if applyGeneral(step, update, row, shard.cells, frame, isShared: true) {
                done |= update.pointee.bit
            }
        }
        shard.pointee.touched.bitwiseOr(done, ordering: .acquiringAndReleasing)
    }

    // MARK: The general case

    /// Any update, in any shard. False where it was skipped.
    @inline(never)
    private static func applyGeneral(
        _ step: UnsafePointer<PlannedStep>, _ update: UnsafePointer<PlannedUpdate>,
        _ row: SeriesRow.Pointer,
        _ cells: Shard.Cell, _ frame: UnsafePointer<EventFrame>, isShared: Bool
    ) -> Bool {
        let details = update.pointee.details
        guard let value = value(update, frame) else { return false }
        let cell = cells + Int(update.pointee.cell)
        if details.pointee.kind == .lastValue {
            if value.isInteger {
                gauge(row, update).pointee.set(value.integer)
            } else {
                gauge(row, update).pointee.set(value.real)
            }
        } else {
            let isApplied = details.pointee.metric._withUnsafeGuaranteedRef { metric in
                step.pointee.group._withUnsafeGuaranteedRef { group in
                    metric.update(
                        cell, with: value, unscaled: unscaled(update, frame),
                        carries: group.carries, isShared: isShared)
                }
            }
            guard isApplied else { return false }
        }
        if let taps = details.pointee.taps { tell(taps, step, update, row, value) }
        return true
    }

    private static func tell(
        _ taps: Unmanaged<TapList>, _ step: UnsafePointer<PlannedStep>,
        _ update: UnsafePointer<PlannedUpdate>, _ row: SeriesRow.Pointer, _ value: MeasurementCell
    ) {
        let metric = update.pointee.details.pointee.metric.takeUnretainedValue()
        let exponent = metric.conversion.exponent
        let converted: MetricValue =
            value.isInteger
            ? .integer(value.integer, exponent: exponent)
            : .real(MetricValue.scale(value.real, exponent: exponent))
        taps.takeUnretainedValue().updated(
            metric, step.pointee.group.takeUnretainedValue(), row, converted)
    }

    /// What a real is compared with the bounds of buckets as.
    private static func unscaled(
        _ update: UnsafePointer<PlannedUpdate>, _ frame: UnsafePointer<EventFrame>
    ) -> Double {
        guard update.pointee.measurement >= 0 else { return 1 }
        let value = frame.pointee.measurements[Int(update.pointee.measurement)]
        return value.doubleValue * update.pointee.details.pointee.sourceFactor
    }

    @inline(__always)
    private static func gauge(
        _ row: SeriesRow.Pointer, _ update: UnsafePointer<PlannedUpdate>
    ) -> UnsafeMutablePointer<GaugeCell> {
        row.pointee.gauges.unsafelyUnwrapped + Int(update.pointee.cell)
    }

    /// The number an update applies, converted; nil where it is skipped (counted, where that is not normal).
    private static func value(
        _ update: UnsafePointer<PlannedUpdate>, _ frame: UnsafePointer<EventFrame>
    ) -> MeasurementCell? {
        let details = update.pointee.details
        let factor = details.pointee.factor
        if update.pointee.measurement == -1 { return MeasurementCell(factor) }
        let value =
            update.pointee.measurement < 0
            ? .absent : frame.pointee.measurements[Int(update.pointee.measurement)]
        if value.kind == .absent {
            if !details.pointee.isOptional { refuse(update, .missingMeasurement) }
            return nil
        }
        return details.pointee.metric._withUnsafeGuaranteedRef { $0.accept(value, factor: factor) }
    }

    @inline(never)
    private static func refuse(
        _ update: UnsafePointer<PlannedUpdate>, _ reason: SkipReason
    ) {
        update.pointee.details.pointee.metric._withUnsafeGuaranteedRef { $0.skipped(reason) }
    }
}
