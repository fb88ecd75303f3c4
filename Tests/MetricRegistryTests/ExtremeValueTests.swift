import MetricRegistry
import Telemetry
import TestSupport
import Testing

/// Every kind of metric, given what is at the ends of its range.
struct ExtremeValueTests {
    static let extremes: [Measurement] = [
        0, 1, -1, .integer(.max), .integer(.min), .integer(.max - 1), .integer(1 << 62),
        .integer(-(1 << 62)), .integer(1 << 53), .real(0), .real(-0.0), .real(.infinity),
        .real(-.infinity), .real(.nan), .real(.signalingNaN), .real(.greatestFiniteMagnitude),
        .real(-.greatestFiniteMagnitude), .real(.leastNonzeroMagnitude),
        .real(-.leastNonzeroMagnitude), .real(.leastNormalMagnitude), .real(1e-11), .real(1e-9),
        .real(1e25), .real(-1e25), .real(0x1p127), .real(0x1p128), .real(0x1p-128),
        .real(0x1p-129), .real(1e300), .real(0.1), .real(0x1p63), .real(-0x1p63),
    ]

    /// Units that multiply, that scale down and that scale up.
    static let units = [
        ("", ""), ("seconds", "nanosecond"), ("seconds", "day"), ("bytes", "gigabyte"),
    ]

    @Test(arguments: MetricKind.allCases, units.indices)
    func `whatever comes, a series stays one that can be told`(
        _ kind: MetricKind, _ unit: Int
    ) throws {
        let (exposed, native) = Self.units[unit]
        let name = "m" + (exposed.isEmpty ? "" : "_\(exposed)")
        let full = kind == .counter || kind == .sum ? "\(name)_total" : name
        let fixture = try RegistryFixture(
            .of(kind, full, measurement: kind == .counter ? nil : "n") {
                $0.unit = exposed
                $0.measurementUnit = native
                if kind == .distribution { $0.buckets = [-1e300, -5, 0, 1e-300, 1, 1e18, 1e300] }
                if kind == .summary { $0.quantiles = [0, 0.5, 1] }
            })
        let handle = try #require(fixture.registry.series(MetricName(full)))
        var generator = SeededGenerator(seed: UInt64(unit + 1))
        var last = ReadSample?.none
        var sent: UInt64 = 0
        for round in 0..<600 {
            let value = try #require(Self.extremes.randomElement(using: &generator))
            if round % 3 == 0 {
                handle.record(value)
            } else {
                fixture.bus.execute("t.event", ["n": value])
            }
            sent += 1
            guard let sample = try fixture.read(full)[""] else { continue }
            check(sample, kind, after: last)
            last = sample
        }
        guard kind == .distribution || kind == .summary else { return }
        let skipped = try #require(try fixture.statistics(full)).skipped.values.reduce(0, +)
        let count = try #require(last).count
        #expect(count + skipped == sent)
    }

    private func check(_ sample: ReadSample, _ kind: MetricKind, after last: ReadSample?) {
        let (value, sum) = (sample.value.doubleValue, sample.sum.doubleValue)
        switch kind {
        case .counter, .sum:
            #expect(value.isFinite && value >= last?.value.doubleValue ?? 0)
        case .upDownCounter:
            #expect(value.isFinite)
        case .lastValue:
            #expect(!value.isNaN)
        case .distribution, .summary:
            #expect(sum.isFinite && sample.count >= last?.count ?? 0)
            #expect(value >= last?.value.doubleValue ?? 0 && value <= Double(sample.count))
            #expect(sample.buckets.reduce(0, +) == (kind == .summary ? 0 : sample.count))
            #expect(sample.quantiles.allSatisfy { $0.isFinite })
            #expect(zip(sample.quantiles, sample.quantiles.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }

    @Test func `what was observed below zero is counted, whatever the bounds are`() throws {
        let fixture = try RegistryFixture(
            .of(.distribution, "d", measurement: "n") { $0.buckets = [1, 2] },
            .of(.summary, "q", measurement: "n") { $0.quantiles = [0.5] })
        for value: Measurement in [1, 0, .real(-0.0), .real(0.5)] {
            fixture.bus.execute("t.event", ["n": value])
        }
        #expect(try fixture.value("d") == .integer(0, exponent: 0))
        for value: Measurement in [-1, .real(-5.5)] {
            fixture.bus.execute("t.event", ["n": value])
        }
        #expect(try fixture.value("d") == .integer(2, exponent: 0))
        #expect(try fixture.value("q") == .integer(2, exponent: 0))
    }

    @Test func `a real that would make a sum infinite is skipped and counted`() throws {
        let fixture = try RegistryFixture(
            .of(.sum, "s_total", measurement: "n"),
            .of(.distribution, "d", measurement: "n") { $0.buckets = [1] },
            .of(.lastValue, "g_bytes", measurement: "n") {
                $0.unit = "bytes"
                $0.measurementUnit = "gigabyte"
            })
        for value in [1e307, 1e307, 1.0, 1e306] {
            fixture.bus.execute("t.event", ["n": .real(value)])
        }
        let sum = try #require(try fixture.value("s_total")?.doubleValue)
        #expect(sum > 0.9e307 && sum < 1.2e307)
        #expect(try fixture.skipped("s_total", .outOfRange) == 1)
        #expect(try fixture.read("d")[""]?.count == 3)
        #expect(try fixture.skipped("d", .outOfRange) == 1)
        #expect(try fixture.skipped("g_bytes", .outOfRange) == 3)
    }

    @Test func `a factor is refused that could not be multiplied`() throws {
        for factor: Int64 in [.max, .min, (1 << 43) + 1] {
            #expect(throws: DefinitionErrors.self) {
                try RegistryFixture(
                    .of(.upDownCounter, "u", measurement: "n") { $0.sources[0].factor = factor })
            }
        }
    }
}
