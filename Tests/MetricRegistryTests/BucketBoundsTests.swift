import MetricRegistry
import Telemetry
import TestSupport
import Testing

struct BucketBoundsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let value: Measurement
        let bucket: Int
        var testDescription: String { "\(value) in \(bucket)" }
        init(_ value: Measurement, _ bucket: Int) {
            self.value = value
            self.bucket = bucket
        }
    }

    private func bucket(of value: Measurement, _ definition: MetricDefinition) throws -> Int? {
        let fixture = try RegistryFixture(definition)
        fixture.bus.execute("t.event", ["n": value])
        let sample = try fixture.read(definition.name.description)[""]
        return sample?.buckets.firstIndex(of: 1)
    }

    @Test(arguments: [
        Row(0, 0), Row(99_999, 0), Row(100_000, 0), Row(100_001, 1), Row(100_000_000, 1),
        Row(100_000_001, 2), Row(300_000_000, 2), Row(300_000_001, 3), Row(2_500_000_000, 3),
        Row(2_500_000_001, 4), Row(.integer(.max), 4), Row(-1, 0), Row(.integer(.min), 0),
        Row(.real(100_000_000), 1), Row(.real(100_000_000.5), 2), Row(.real(1e300), 4),
        Row(.real(-1e300), 0), Row(.integer(1 << 62), 4), Row(.integer(-(1 << 62)), 0),
    ])
    func `a value at a bound belongs to it, in whole nanoseconds`(_ row: Row) throws {
        let definition = try MetricDefinition.of(.distribution, "t_seconds", measurement: "n") {
            $0.unit = "seconds"
            $0.measurementUnit = "nanosecond"
            $0.buckets = [0.000_1, 0.1, 0.3, 2.5]
        }
        #expect(try bucket(of: row.value, definition) == row.bucket)
    }

    @Test(arguments: [
        Row(.real(0.1), 0), Row(.real(0.1.nextUp), 1), Row(.real(3.000_000_000_000_000_4), 1),
        Row(.real(3), 1), Row(.real(3.000_000_000_000_001), 2), Row(3, 1), Row(4, 2), Row(0, 0),
        Row(.real(-0.0), 0), Row(.real(0x1p-1074), 0),
    ])
    func `bounds of reals are taken to the last bit`(_ row: Row) throws {
        let definition = try MetricDefinition.of(.distribution, "t", measurement: "n") {
            $0.buckets = [0.1, 3.000_000_000_000_000_4]
        }
        #expect(try bucket(of: row.value, definition) == row.bucket)
    }

    /// A bound and its neighbours in native terms, by decimal digits alone.
    @Test(arguments: [
        ("seconds", "millisecond", 1, -3), ("seconds", "microsecond", 1, -6),
        ("seconds", "nanosecond", 1, -9), ("seconds", "minute", 60, 0),
        ("seconds", "hour", 3_600, 0), ("seconds", "day", 86_400, 0), ("ratio", "percent", 1, -2),
        ("bytes", "kilobyte", 1, 3), ("bytes", "kibibyte", 1_024, 0),
        ("bytes", "gibibyte", 1 << 30, 0),
        ("bytes", "byte", 1, 0),
    ])
    func `a real that is a bound in decimal belongs to it, in any unit`(
        _ unit: String, _ native: String, _ multiplier: Int, _ exponent: Int
    ) throws {
        var generator = SeededGenerator(seed: UInt64(multiplier + exponent + 9))
        for _ in 0..<300 {
            let digits = Int.random(in: 1...99_999, using: &generator)
            let places = Int.random(in: 0...6, using: &generator)
            let value = try #require(Double("\(digits)e-\(places)"))
            let bound = try #require(Double("\(digits * multiplier)e\(exponent - places)"))
            let fixture = try RegistryFixture(
                .of(.distribution, "t_\(unit)", measurement: "n") {
                    $0.unit = unit
                    $0.measurementUnit = native
                    $0.buckets = [bound]
                })
            for measured in [value.nextDown, value, value.nextUp] {
                fixture.bus.execute("t.event", ["n": .real(measured)])
            }
            if let whole = Int64(exactly: value) {
                fixture.bus.execute("t.event", ["n": .integer(whole)])
                fixture.bus.execute("t.event", ["n": .integer(whole + 1)])
            }
            let buckets = try fixture.read("t_\(unit)")[""]?.buckets
            let isWhole = value == value.rounded()
            #expect(
                buckets == (isWhole ? [3, 2] : [2, 1]), "\(value) \(native), bound \(bound) \(unit)"
            )
        }
    }

    @Test func `bounds beyond 2^62 are told apart`() throws {
        let fixture = try RegistryFixture(
            .of(.distribution, "t", measurement: "n") {
                $0.buckets = [-1e30, -9e18, 6e18, 9e18, 1e30]
            })
        for value in [Int64.min, -9_000_000_000_000_000_000, 5_000_000_000_000_000_000, .max] {
            fixture.bus.execute("t.event", ["n": .integer(value)])
        }
        #expect(try fixture.read("t")[""]?.buckets == [0, 2, 1, 0, 1, 0])
    }

    // 24 bounds and fewer are counted through, more are halved: both must agree.
    @Test(arguments: [1, 2, 24, 25, 26, 100, 512])
    func `any number of bounds finds the same buckets`(_ count: Int) throws {
        let bounds = (0..<count).map { Double(-50 + $0 * 10) }
        let fixture = try RegistryFixture(
            .of(.distribution, "t", measurement: "n") { $0.buckets = bounds })
        var generator = SeededGenerator(seed: UInt64(count))
        var expected = [UInt64](repeating: 0, count: count + 1)
        for _ in 0..<2_000 {
            let value = Int64.random(in: -100...5_300, using: &generator)
            let isReal = Bool.random(using: &generator)
            fixture.bus.execute("t.event", ["n": isReal ? .real(Double(value)) : .integer(value)])
            expected[bounds.firstIndex { Double(value) <= $0 } ?? count] += 1
        }
        #expect(try fixture.read("t")[""]?.buckets == expected)
    }
}
