import Telemetry

/// What an event of one shape does to one metric: 32 bytes that the fast path reads, and the rest behind
/// `details`.
struct PlannedUpdate {
    enum Operation: UInt8 {
        /// Adds `1`: a counter.
        case countOne
        // A measurement that is there, to be taken as it is: no factor.
        case add, addPositive, set, observe
        /// Everything else.
        case general
    }

    let operation: Operation
    /// Index among the event's measurements; −1: the number 1; −2: this shape does not have it.
    let measurement: Int16
    /// First cell in the shard, or index of the gauge.
    let cell: Int32
    let bit: UInt32
    let boundCount: Int32
    let integerBounds: UnsafePointer<Int64>
    let details: UnsafePointer<Details>

    /// What the general case needs as well.
    struct Details {
        let kind: MetricKind
        /// What a value is multiplied by: the source's factor and the unit's multiplier.
        let factor: Int64
        /// The source's factor alone.
        let sourceFactor: Double
        /// An absent measurement is normal.
        let isOptional: Bool
        let metric: Unmanaged<Metric>
        /// Who sees each update; nil: nobody.
        let taps: Unmanaged<TapList>?
    }
}

/// What an event of one shape does to one group: one look-up, then all updates.
struct PlannedStep {
    let group: Unmanaged<SeriesGroup>
    /// All must hold; dropped conditions are negated.
    let conditions: UnsafeBufferPointer<PlannedCondition>
    /// The same for measurements, which differ from event to event where metadata are bound.
    let limits: UnsafeBufferPointer<PlannedLimit>
    let labels: UnsafePointer<LabelSource>
    let labelCount: Int
    let updates: UnsafeBufferPointer<PlannedUpdate>
    /// Where the group's shards come from.
    let shards: Unmanaged<CellStore>
    let expires: Bool
    /// `ByteHash.seed`, where it costs no call.
    let hashKey: UInt64

    /// Whether an event of this metadata is one that the group's metrics want.
    @inline(__always)
    func holds(_ metadata: UnsafePointer<MetadataText>) -> Bool {
        conditions.isEmpty || conditions.allSatisfy { $0.holds(metadata) }
    }

    /// Whether an event of these measurements is one that the group's metrics want.
    @inline(__always)
    func admits(_ measurements: UnsafePointer<MeasurementCell>) -> Bool {
        limits.isEmpty || limits.allSatisfy { $0.holds(measurements) }
    }
}
