import Synchronization

/// Why an update was not applied.
package enum SkipReason: String, Sendable, CaseIterable {
    case missingLabel = "missing_label"
    case missingMeasurement = "missing_measurement"
    case notFinite = "not_finite"
    case negative = "negative"
    case labelTooLong = "label_too_long"
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
        bounds = BucketBounds(definition.buckets, exponent: conversion.exponent)
        skips = Dictionary(uniqueKeysWithValues: SkipReason.allCases.map { ($0, SkipCounter()) })
    }

    /// How many cells of a shard a metric takes.
    static func cellCount(_ definition: MetricDefinition) -> Int {
        switch definition.kind {
        case .counter: 1
        case .sum, .upDownCounter: 2
        case .lastValue: 0
        case .distribution: 2 + definition.buckets.count + 1
        case .summary: 4
        }
    }

    func skipped(_ reason: SkipReason) {
        skips[reason]?.count.wrappingAdd(1, ordering: .relaxed)
    }

    /// Updates skipped so far.
    func skipCount(_ reason: SkipReason) -> UInt64 {
        skips[reason]?.count.load(ordering: .relaxed) ?? 0
    }
}

/// The bounds of a distribution in the unit its measurements come in.
///
/// `@unchecked Sendable`: constant memory, freed with its metric.
final class BucketBounds: @unchecked Sendable {
    /// Bounds are clamped to this, so that a difference of two of them never overflows. 2^62 ns are 146 years.
    static let safeMagnitude: Int64 = 1 << 62

    let count: Int
    let integers: UnsafeMutablePointer<Int64>
    let reals: UnsafeMutablePointer<Double>

    init(_ bounds: [Double], exponent: Int32) {
        count = bounds.count
        integers = .allocate(capacity: max(1, count))
        reals = .allocate(capacity: max(1, count))
        for (index, bound) in bounds.enumerated() {
            let native = MetricValue.scale(bound, exponent: -exponent)
            // 0.1 s is 100 000 000 ns, whatever the rounding of 0.1 says.
            let rounded = native.rounded()
            let isWhole = exponent != 0 && abs(native - rounded) <= abs(native) * 1e-12
            reals[index] = isWhole ? rounded : native
            let integer = Int64(clamping: (isWhole ? rounded : native.rounded(.down)))
            integers[index] = min(max(integer, -Self.safeMagnitude), Self.safeMagnitude)
        }
    }

    deinit {
        integers.deallocate()
        reals.deallocate()
    }

    /// The bucket of a value: the first whose bound is not below it.
    @inline(__always)
    static func bucket(of value: Int64, _ bounds: UnsafePointer<Int64>, _ count: Int) -> Int {
        var index = 0
        if count <= 24, value.magnitude < UInt64(safeMagnitude) {
            // The sign of a difference, added up: no branch that the value could mislead.
            for position in 0..<count {
                index &+= Int(UInt64(bitPattern: bounds[position] &- value) &>> 63)
            }
            return index
        }
        var upper = count
        while index < upper {
            let middle = (index &+ upper) &>> 1
            if bounds[middle] < value { index = middle &+ 1 } else { upper = middle }
        }
        return index
    }

    @inline(__always)
    static func bucket(of value: Double, _ bounds: UnsafePointer<Double>, _ count: Int) -> Int {
        var index = 0
        while index < count, bounds[index] < value { index &+= 1 }
        return index
    }
}

extension Int64 {
    /// The nearest integer that fits.
    init(clamping value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 0x1p63 {
            self = .max
        } else if value < -0x1p63 {
            self = .min
        } else {
            self = Int64(value)
        }
    }
}
