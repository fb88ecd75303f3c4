import Synchronization
import Telemetry

/// Applies the updates of a step to a row's cells.
enum UpdateExecutor {
    /// In the thread that owns the shard: plain additions.
    @inline(__always)
    static func apply(
        _ step: PlannedStep, _ row: SeriesRow.Pointer, _ shard: Shard.Pointer,
        _ frame: UnsafePointer<EventFrame>
    ) {
        let cells = shard.cells
        var done: UInt32 = 0
        for update in step.updates {
            if update.isPlainCount {
                (cells + Int(update.cell)).add(update.factor)
                done |= update.bit
                continue
            }
            guard let value = value(update, frame) else { continue }
            let cell = cells + Int(update.cell)
            switch update.operation {
            case .count: cell.add(update.factor)
            case .add:
                if value.kind == .integer {
                    cell.add(value.integer)
                } else {
                    (cell + 1).add(value.real)
                }
            case .set: set(row, update, value)
            case .observe:
                let bucket = cell + (2 &+ bucket(update, value))
                bucket.add(1 as Int64)
                if value.kind == .integer {
                    cell.add(value.integer)
                } else {
                    (cell + 1).add(value.real)
                }
            case .sketch:
                if value.kind == .integer {
                    cell.add(value.integer)
                } else {
                    (cell + 1).add(value.real)
                }
                SketchCell(cell + 2).add(value, isShared: false)
            }
            done |= update.bit
        }
        let touched = shard.pointee.touched.load(ordering: .relaxed)
        if touched | done != touched {
            shard.pointee.touched.store(touched | done, ordering: .releasing)
        }
    }

    /// In a shard that several threads share: atomic additions.
    @inline(never)
    static func applyShared(
        _ step: PlannedStep, _ row: SeriesRow.Pointer, _ shard: Shard.Pointer,
        _ frame: UnsafePointer<EventFrame>
    ) {
        let cells = shard.cells
        var done: UInt32 = 0
        for update in step.updates {
            guard let value = value(update, frame) else { continue }
            let cell = cells + Int(update.cell)
            switch update.operation {
            case .count: cell.addShared(update.factor)
            case .add: addShared(cell, value)
            case .set: set(row, update, value)
            case .observe:
                (cell + (2 + bucket(update, value))).addShared(1 as Int64)
                addShared(cell, value)
            case .sketch:
                addShared(cell, value)
                SketchCell(cell + 2).add(value, isShared: true)
            }
            done |= update.bit
        }
        shard.pointee.touched.bitwiseOr(done, ordering: .acquiringAndReleasing)
    }

    private static func addShared(_ cell: Shard.Cell, _ value: MeasurementCell) {
        if value.kind == .integer {
            cell.addShared(value.integer)
        } else {
            (cell + 1).addShared(value.real)
        }
    }

    @inline(__always)
    private static func set(
        _ row: SeriesRow.Pointer, _ update: PlannedUpdate, _ value: MeasurementCell
    ) {
        let gauge = row.pointee.gauges.unsafelyUnwrapped + Int(update.cell)
        if value.kind == .integer {
            gauge.pointee.set(value.integer)
        } else {
            gauge.pointee.set(value.real)
        }
    }

    @inline(__always)
    private static func bucket(_ update: PlannedUpdate, _ value: MeasurementCell) -> Int {
        value.kind == .integer
            ? BucketBounds.bucket(of: value.integer, update.integerBounds, update.boundCount)
            : BucketBounds.bucket(of: value.real, update.realBounds, update.boundCount)
    }

    /// The number an update applies, converted; nil where it is skipped (counted, where that is not normal).
    @inline(__always)
    static func value(
        _ update: PlannedUpdate, _ frame: UnsafePointer<EventFrame>
    ) -> MeasurementCell? {
        if !update.conditions.isEmpty, !holds(update, frame) { return nil }
        guard update.measurement >= 0 else {
            if update.measurement == -1 { return MeasurementCell(update.factor) }
            return missing(update)
        }
        let value = frame.pointee.measurements[Int(update.measurement)]
        switch value.kind {
        case .integer where update.factor == 1:
            if update.isMonotonic, value.integer < 0 { return refused(update, .negative) }
            return value
        case .absent: return missing(update)
        case .integer, .real: return converted(update, value)
        }
    }

    @inline(never)
    private static func holds(_ update: PlannedUpdate, _ frame: UnsafePointer<EventFrame>) -> Bool {
        update.conditions.allSatisfy { $0.holds(frame.pointee.metadata) }
    }

    @inline(never)
    private static func missing(_ update: PlannedUpdate) -> MeasurementCell? {
        update.isOptional ? nil : refused(update, .missingMeasurement)
    }

    @inline(never)
    private static func refused(_ update: PlannedUpdate, _ reason: SkipReason) -> MeasurementCell? {
        update.metric._withUnsafeGuaranteedRef { $0.skipped(reason) }
        return nil
    }

    @inline(never)
    private static func converted(_ update: PlannedUpdate, _ value: MeasurementCell)
        -> MeasurementCell?
    {
        var result = value
        if value.kind == .integer {
            let (product, overflow) = value.integer.multipliedReportingOverflow(by: update.factor)
            result =
                overflow
                ? MeasurementCell(Double(value.integer) * Double(update.factor))
                : MeasurementCell(product)
        } else if update.factor != 1 {
            result = MeasurementCell(value.real * Double(update.factor))
        }
        if result.kind == .real {
            // A gauge may be infinite; nothing that adds up may.
            guard update.operation == .set ? !result.real.isNaN : result.real.isFinite else {
                return refused(update, .notFinite)
            }
            if update.isMonotonic, result.real < 0 { return refused(update, .negative) }
        } else if update.isMonotonic, result.integer < 0 {
            return refused(update, .negative)
        }
        return result
    }
}
