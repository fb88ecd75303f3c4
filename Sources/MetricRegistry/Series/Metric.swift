import Synchronization

/// Why an update was not applied.
package enum SkipReason: String, Sendable, CaseIterable {
    case missingLabel = "missing_label"
    case missingMeasurement = "missing_measurement"
    case notFinite = "not_finite"
    case negative = "negative"
    case labelTooLong = "label_too_long"
    /// Too large to be added, or beyond what a summary's scale tells apart.
    case outOfRange = "out_of_range"
}

/// A declared metric inside the registry: its definition and where its cells lie in its group's rows.
final class Metric: Sendable {
    let definition: MetricDefinition
    let owner: String
    let kind: MetricKind
    /// Whether a negative value is refused.
    let isMonotonic: Bool
    let conversion: UnitConversion
    /// Bit of this metric in a shard's `touched`.
    let bit: UInt32
    /// First cell in a shard, or the index among the group's gauges.
    let cell: Int
    let bounds: BucketBounds
    /// The largest magnitude of a real, and of a sum of reals, that stays finite in the exposed unit.
    let largestReal: Double
    private let skips: [SkipReason: SkipCounter]

    /// A counter on the heap, so that a dictionary can hold it.
    final class SkipCounter: Sendable {
        let count = Atomic<UInt64>(0)
    }

    init(definition: MetricDefinition, owner: String, index: Int, cell: Int) {
        self.definition = definition
        self.owner = owner
        kind = definition.kind
        isMonotonic = kind == .counter || kind == .sum
        conversion =
            UnitConversion(from: definition.measurementUnit, to: definition.unit) ?? .identity
        bit = 1 << UInt32(index)
        self.cell = cell
        bounds = BucketBounds(definition.buckets, conversion)
        // What up to nine shards hold is added up, and the integers to it.
        let largest = Double.greatestFiniteMagnitude / (kind == .lastValue ? 1 : 16)
        largestReal =
            conversion.exponent > 0
            ? MetricValue.scale(largest, exponent: -conversion.exponent) : largest
        skips = Dictionary(uniqueKeysWithValues: SkipReason.allCases.map { ($0, SkipCounter()) })
    }

    /// How many cells of a shard a metric takes.
    static func cellCount(_ definition: MetricDefinition) -> Int {
        switch definition.kind {
        case .counter: 1
        case .sum, .upDownCounter: 2
        case .lastValue: 0
        case .distribution: bucketCell + definition.buckets.count + 1
        case .summary: sketchCell + 2
        }
    }

    // The cells of a distribution or summary begin with the sum's pair.

    /// How many observations were below zero.
    static let negativeCell = 2
    /// A distribution's first bucket.
    static let bucketCell = 3
    /// A summary's sketch.
    static let sketchCell = 3

    func skipped(_ reason: SkipReason) {
        skips[reason]?.count.wrappingAdd(1, ordering: .relaxed)
    }

    /// Updates skipped so far.
    func skipCount(_ reason: SkipReason) -> UInt64 {
        skips[reason]?.count.load(ordering: .relaxed) ?? 0
    }
}
