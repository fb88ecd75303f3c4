import Telemetry

extension Metric {
    /// Adds or observes an accepted value in a shard's cells; false where its sum cannot take it, which is counted.
    ///
    /// - Parameters:
    ///   - unscaled: the value without the multiplier of its unit, which a bucket's bound is compared with
    ///   - isShared: whether other threads write these cells too
    func update(
        _ cell: Shard.Cell, with value: MeasurementCell, unscaled: @autoclosure () -> Double,
        carries: Carries, isShared: Bool
    ) -> Bool {
        guard add(value, to: cell, carries, isShared) else {
            skipped(.outOfRange)
            return false
        }
        guard kind == .distribution || kind == .summary else { return true }
        if value.isInteger ? value.integer < 0 : value.real < 0 {
            count(cell + Self.negativeCell, isShared)
        }
        if kind == .distribution {
            let bucket =
                value.isInteger
                ? BucketBounds.bucket(of: value.integer, bounds.integers, bounds.count)
                : BucketBounds.bucket(of: unscaled(), bounds.reals, bounds.count)
            count(cell + (Self.bucketCell + bucket), isShared)
        } else {
            SketchCell(cell + Self.sketchCell).add(value, isShared: isShared)
        }
        return true
    }

    /// Adds to a pair of cells: integers in the first, reals in the second. A counter has the first alone.
    private func add(
        _ value: MeasurementCell, to cell: Shard.Cell, _ carries: Carries, _ isShared: Bool
    ) -> Bool {
        guard value.isInteger else {
            guard kind != .counter else {
                guard let whole = Int64(exactly: value.real.rounded(.down)) else { return false }
                return add(MeasurementCell(whole), to: cell, carries, isShared)
            }
            return isShared
                ? (cell + 1).addShared(value.real, limit: largestReal)
                : (cell + 1).add(value.real, limit: largestReal)
        }
        let isAdded = isShared ? cell.addShared(value.integer) : cell.add(value.integer)
        if !isAdded { carries.add(value.integer, to: cell) }
        return true
    }

    private func count(_ cell: Shard.Cell, _ isShared: Bool) {
        if isShared { cell.countShared() } else { cell.count() }
    }
}
