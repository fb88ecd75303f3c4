import Telemetry

/// The bounds of a distribution in the unit its measurements come in, so that a value is compared as it came.
///
/// A value that is a bound in decimal, 4.9 ms and 0.0049 s, belongs to it, whatever its binary rounding says.
///
/// `@unchecked Sendable`: constant memory, freed with its metric.
final class BucketBounds: @unchecked Sendable {
    /// Bounds for the quick way are clamped to this, so that a difference of two of them never overflows. 2^62 ns are
    /// 146 years.
    static let safeMagnitude: Int64 = 1 << 62

    let count: Int
    /// For values to which the conversion's multiplier has been applied: the bounds clamped, then the bounds as they
    /// are, then how many of them are less than any integer.
    let integers: UnsafeMutablePointer<Int64>
    /// For values without the multiplier: 0.35 min times 60 would be rounded.
    let reals: UnsafeMutablePointer<Double>

    init(_ bounds: [Double], _ conversion: UnitConversion) {
        count = bounds.count
        integers = .allocate(capacity: 2 * count + 1)
        reals = .allocate(capacity: max(1, count))
        var below: Int64 = 0
        for (index, bound) in bounds.enumerated() {
            let native = ExactDecimal(bound).scaled(exponent: -Int(conversion.exponent))
            reals[index] = native.quotient(by: conversion.multiplier)
            let floor = native.floor
            if floor < Int128(Int64.min) { below += 1 }
            let exact = Int64(clamping: floor)
            integers[index] = min(max(exact, -Self.safeMagnitude), Self.safeMagnitude)
            integers[count + index] = exact
        }
        integers[2 * count] = below
    }

    deinit {
        integers.deallocate()
        reals.deallocate()
    }

    /// The bucket of a value: the first whose bound is not below it.
    @inline(__always)
    static func bucket(of value: Int64, _ bounds: UnsafePointer<Int64>, _ count: Int) -> Int {
        if count <= 24, value.magnitude < UInt64(safeMagnitude) {
            var index = 0
            // The sign of a difference, added up: no branch that the value could mislead.
            for position in 0..<count {
                index &+= Int(UInt64(bitPattern: bounds[position] &- value) &>> 63)
            }
            return index
        }
        return search(value, bounds + count, count)
    }

    private static func search(
        _ value: Int64, _ bounds: UnsafePointer<Int64>, _ count: Int
    ) -> Int {
        var index = Int(bounds[count])
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
