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
        var done: UInt32 = 0
        var update = step.pointee.updates.baseAddress.unsafelyUnwrapped
        let end = update + step.pointee.updates.count
        while update < end {
            defer { update += 1 }
            if update.pointee.isPlainCount {
                (cells + Int(update.pointee.cell)).add(update.pointee.factor)
                done |= update.pointee.bit
                continue
            }
            guard let value = value(update, frame) else { continue }
            let cell = cells + Int(update.pointee.cell)
            switch update.pointee.operation {
            case .count: cell.add(update.pointee.factor)
            case .add:
                if value.isInteger {
                    cell.add(value.integer)
                } else {
                    (cell + 1).add(value.real)
                }
            case .set: set(row, update, value)
            case .observe:
                let bucket = cell + (2 &+ bucket(update, value))
                bucket.add(1 as Int64)
                if value.isInteger {
                    cell.add(value.integer)
                } else {
                    (cell + 1).add(value.real)
                }
            case .sketch:
                if value.isInteger {
                    cell.add(value.integer)
                } else {
                    (cell + 1).add(value.real)
                }
                SketchCell(cell + 2).add(value, isShared: false)
            }
            done |= update.pointee.bit
        }
        let touched = shard.pointee.touched.load(ordering: .relaxed)
        if touched | done != touched {
            shard.pointee.touched.store(touched | done, ordering: .releasing)
        }
    }

    /// In a shard that several threads share: atomic additions.
    @inline(never)
    static func applyShared(
        _ step: UnsafePointer<PlannedStep>, _ row: SeriesRow.Pointer, _ shard: Shard.Pointer,
        _ frame: UnsafePointer<EventFrame>
    ) {
        let cells = shard.cells
        var done: UInt32 = 0
        var update = step.pointee.updates.baseAddress.unsafelyUnwrapped
        let end = update + step.pointee.updates.count
        while update < end {
            defer { update += 1 }
            guard let value = value(update, frame) else { continue }
            let cell = cells + Int(update.pointee.cell)
            switch update.pointee.operation {
            case .count: cell.addShared(update.pointee.factor)
            case .add: addShared(cell, value)
            case .set: set(row, update, value)
            case .observe:
                (cell + (2 + bucket(update, value))).addShared(1 as Int64)
                addShared(cell, value)
            case .sketch:
                addShared(cell, value)
                SketchCell(cell + 2).add(value, isShared: true)
            }
            done |= update.pointee.bit
        }
        shard.pointee.touched.bitwiseOr(done, ordering: .acquiringAndReleasing)
    }

    private static func addShared(_ cell: Shard.Cell, _ value: MeasurementCell) {
        if value.isInteger {
            cell.addShared(value.integer)
        } else {
            (cell + 1).addShared(value.real)
        }
    }

    @inline(__always)
    private static func set(
        _ row: SeriesRow.Pointer, _ update: UnsafePointer<PlannedUpdate>, _ value: MeasurementCell
    ) {
        let gauge = row.pointee.gauges.unsafelyUnwrapped + Int(update.pointee.cell)
        if value.isInteger {
            gauge.pointee.set(value.integer)
        } else {
            gauge.pointee.set(value.real)
        }
    }

    @inline(__always)
    private static func bucket(_ update: UnsafePointer<PlannedUpdate>, _ value: MeasurementCell)
        -> Int
    {
        value.isInteger
            ? BucketBounds.bucket(
                of: value.integer, update.pointee.integerBounds, update.pointee.boundCount)
            : BucketBounds.bucket(
                of: value.real, update.pointee.realBounds, update.pointee.boundCount)
    }

    /// The number an update applies, converted; nil where it is skipped (counted, where that is not normal).
    @inline(__always)
    static func value(
        _ update: UnsafePointer<PlannedUpdate>, _ frame: UnsafePointer<EventFrame>
    ) -> MeasurementCell? {
        if !update.pointee.conditions.isEmpty, !holds(update, frame) { return nil }
        guard update.pointee.measurement >= 0 else {
            if update.pointee.measurement == -1 { return MeasurementCell(update.pointee.factor) }
            return missing(update)
        }
        let value = frame.pointee.measurements[Int(update.pointee.measurement)]
        switch value.kind {
        case .integer where update.pointee.factor == 1:
            if update.pointee.isMonotonic, value.integer < 0 { return refused(update, .negative) }
            return value
        case .absent: return missing(update)
        case .integer, .real: return converted(update, value)
        }
    }

    @inline(never)
    private static func holds(
        _ update: UnsafePointer<PlannedUpdate>, _ frame: UnsafePointer<EventFrame>
    ) -> Bool {
        update.pointee.conditions.allSatisfy { $0.holds(frame.pointee.metadata) }
    }

    @inline(never)
    private static func missing(_ update: UnsafePointer<PlannedUpdate>) -> MeasurementCell? {
        update.pointee.isOptional ? nil : refused(update, .missingMeasurement)
    }

    @inline(never)
    private static func refused(_ update: UnsafePointer<PlannedUpdate>, _ reason: SkipReason)
        -> MeasurementCell?
    {
        update.pointee.metric._withUnsafeGuaranteedRef { $0.skipped(reason) }
        return nil
    }

    @inline(never)
    private static func converted(_ update: UnsafePointer<PlannedUpdate>, _ value: MeasurementCell)
        -> MeasurementCell?
    {
        var result = value
        if value.isInteger {
            let (product, overflow) = value.integer.multipliedReportingOverflow(
                by: update.pointee.factor)
            result =
                overflow
                ? MeasurementCell(Double(value.integer) * Double(update.pointee.factor))
                : MeasurementCell(product)
        } else if update.pointee.factor != 1 {
            result = MeasurementCell(value.real * Double(update.pointee.factor))
        }
        if !result.isInteger {
            // A gauge may be infinite; nothing that adds up may.
            guard update.pointee.operation == .set ? !result.real.isNaN : result.real.isFinite
            else {
                return refused(update, .notFinite)
            }
            if update.pointee.isMonotonic, result.real < 0 { return refused(update, .negative) }
        } else if update.pointee.isMonotonic, result.integer < 0 {
            return refused(update, .negative)
        }
        return result
    }
}
