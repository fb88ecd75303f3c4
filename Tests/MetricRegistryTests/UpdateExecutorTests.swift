import MetricRegistry
import Telemetry
import TestSupport
import Testing

/// What an update does to each kind, held against sums made by hand.
struct UpdateExecutorTests {
    private static let kinds: [(MetricKind, String)] = [
        (.counter, "c_total"), (.sum, "s_total"), (.lastValue, "g"), (.upDownCounter, "u"),
        (.distribution, "d"), (.summary, "q"),
    ]

    private static func fixture(_ change: (inout MetricDefinition) -> Void = { _ in }) throws
        -> RegistryFixture
    {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            kinds.map { kind, name in
                try .of(kind, name, measurement: "n", labels: ["k"]) {
                    if kind == .distribution { $0.buckets = [-10, 0, 0.5, 10, 100] }
                    if kind == .summary { $0.quantiles = [0, 0.5, 0.99, 1] }
                    change(&$0)
                }
            }, owner: "test")
        return fixture
    }

    /// What one thread emits: quarters, so that every sum of reals is exact.
    private static func values(_ seed: UInt64, _ count: Int) -> [Measurement] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let number = Int64.random(in: -200...200, using: &generator)
            return Bool.random(using: &generator)
                ? .integer(number) : .real(Double(number) / 4)
        }
    }

    // 1: one private shard. 3: several. 12: beyond eight, the others share one.
    @Test(arguments: [1, 3, 12], [1, 2, 3] as [UInt64])
    func `every kind agrees with a simple model, whatever the number of threads`(
        _ threads: Int, _ seed: UInt64
    ) async throws {
        let fixture = try Self.fixture()
        let count = 600
        let barrier = Barrier(threads)
        try await inThreads(threads) { number in
            let event = PreparedEvent(
                fixture.bus, "t.event", measurements: ["n"], metadata: ["k"])
            let bound = event.bind(["x"])
            barrier.wait()
            for (index, value) in Self.values(seed &+ UInt64(number) &* 977, count).enumerated() {
                switch index % 3 {
                case 0: fixture.bus.execute("t.event", ["n": value], ["k": "x"])
                case 1: event.emit([value], ["x"])
                default: bound.emit([value])
                }
            }
        }
        let all = (0..<threads).flatMap { Self.values(seed &+ UInt64($0) &* 977, count) }
        let numbers = all.map(\.doubleValue)
        let total = numbers.reduce(0, +)
        let label = "k=\"x\""
        #expect(try fixture.value("c_total", label)?.doubleValue == Double(all.count))
        #expect(
            try fixture.value("s_total", label)?.doubleValue
                == numbers.filter { $0 >= 0 }.reduce(0, +))
        #expect(
            try fixture.skipped("s_total", .negative) == UInt64(numbers.filter { $0 < 0 }.count))
        #expect(try fixture.value("u", label)?.doubleValue == total)
        #expect(numbers.contains(try #require(try fixture.value("g", label)).doubleValue))
        let distribution = try #require(try fixture.read("d")[label])
        let bounds = [-.infinity, -10, 0, 0.5, 10, 100, .infinity]
        #expect(
            distribution.buckets
                == zip(bounds, bounds.dropFirst()).map { low, high in
                    UInt64(numbers.filter { low < $0 && $0 <= high }.count)
                })
        #expect(distribution.sum.doubleValue == total)
        #expect(distribution.count == UInt64(all.count))
        let summary = try #require(try fixture.read("q")[label])
        #expect(summary.count == UInt64(all.count))
        #expect(summary.sum.doubleValue == total)
    }

    @Test func `integers stay exact where a double would not`() throws {
        let fixture = try Self.fixture()
        let large = Int64(1) << 53
        for value in [large, 1, 1] {
            fixture.bus.execute("t.event", ["n": .integer(value)], ["k": 1])
        }
        #expect(
            try fixture.value("s_total", "k=\"1\"") == .integer(large + 2, exponent: 0))
        #expect(try fixture.value("u", "k=\"1\"") == .integer(large + 2, exponent: 0))
        #expect(try fixture.value("g", "k=\"1\"") == .integer(1, exponent: 0))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what is not finite is skipped and counted, and spoils nothing`(_ bad: Double) throws {
        let fixture = try Self.fixture()
        fixture.bus.execute("t.event", ["n": .real(bad)], ["k": 1])
        fixture.bus.execute("t.event", ["n": 2], ["k": 1])
        for name in ["s_total", "u", "d", "q"] {
            #expect(try fixture.skipped(name, .notFinite) == 1, "\(name)")
        }
        #expect(try fixture.value("u", "k=\"1\"") == .integer(2, exponent: 0))
        #expect(try fixture.read("d")["k=\"1\""]?.count == 1)
        #expect(try fixture.skipped("g", .notFinite) == (bad.isNaN ? 1 : 0))
    }

    @Test func `a gauge may be infinite`() throws {
        let fixture = try Self.fixture()
        fixture.bus.execute("t.event", ["n": .real(.infinity)], ["k": 1])
        #expect(try fixture.value("g", "k=\"1\"") == .real(.infinity))
    }

    @Test func `a missing measurement is skipped and counted`() throws {
        let fixture = try Self.fixture()
        fixture.bus.execute("t.event", ["other": 1], ["k": 1])
        for name in ["s_total", "g", "u", "d", "q"] {
            #expect(try fixture.skipped(name, .missingMeasurement) == 1, "\(name)")
            #expect(try fixture.read(name).isEmpty, "\(name)")
        }
        #expect(try fixture.value("c_total", "k=\"1\"") == .integer(1, exponent: 0))
    }

    @Test func `an optional measurement may be missing`() throws {
        let fixture = try Self.fixture { $0.isMeasurementOptional = true }
        fixture.bus.execute("t.event", [:], ["k": 1])
        for name in ["s_total", "g", "u", "d", "q"] {
            #expect(try fixture.skipped(name, .missingMeasurement) == 0, "\(name)")
        }
    }

    @Test func `a factor turns one event into minus one`() throws {
        let fixture = try RegistryFixture(
            .of(.upDownCounter, "active") {
                $0.sources = [
                    MetricSource(event: "t.start"), MetricSource(event: "t.stop", factor: -1),
                ]
            })
        for name: EventName in ["t.start", "t.start", "t.start", "t.stop"] {
            fixture.bus.execute(name)
        }
        #expect(try fixture.value("active") == .integer(2, exponent: 0))
    }

    @Test func `a gauge follows the newest value, integer or real`() throws {
        let fixture = try RegistryFixture(.of(.lastValue, "g", measurement: "n"))
        for (given, read): (Measurement, MetricValue) in [
            (3, .integer(3, exponent: 0)), (.real(0.5), .real(0.5)),
            (-4, .integer(-4, exponent: 0)),
            (-4, .integer(-4, exponent: 0)), (.real(-0.25), .real(-0.25)),
            (0, .integer(0, exponent: 0)),
        ] {
            fixture.bus.execute("t.event", ["n": given])
            #expect(try fixture.value("g") == read)
        }
    }
}
