import Telemetry

/// What an event of one shape does to one metric.
struct PlannedUpdate {
    enum Operation: UInt8 { case count, add, set, observe, sketch }

    let operation: Operation
    /// Whether a negative value is refused.
    let isMonotonic: Bool
    /// An absent measurement is normal.
    let isOptional: Bool
    /// Index among the event's measurements; −1: the number 1; −2: this shape does not have it.
    let measurement: Int32
    /// First cell in the shard, or index of the gauge.
    let cell: Int32
    let bit: UInt32
    /// What an integer is multiplied by: the source's factor and the unit's multiplier.
    let factor: Int64
    let boundCount: Int
    let integerBounds: UnsafePointer<Int64>
    let realBounds: UnsafePointer<Double>
    /// All must hold; dropped conditions are negated.
    let conditions: UnsafeBufferPointer<PlannedCondition>
    let metric: Unmanaged<Metric>

    /// Whether the number 1 is counted, with nothing to check: the commonest update.
    let isPlainCount: Bool
}

/// What an event of one shape does to one group: one look-up, then all updates.
struct PlannedStep {
    let group: Unmanaged<SeriesGroup>
    let labels: UnsafePointer<LabelSource>
    let labelCount: Int
    let updates: UnsafeBufferPointer<PlannedUpdate>
    let cellCount: Int
    let expires: Bool
}
