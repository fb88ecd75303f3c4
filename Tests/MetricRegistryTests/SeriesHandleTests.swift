import MetricRegistry
import Telemetry
import TestSupport
import Testing

struct SeriesHandleTests {
    private func fixture(
        _ kind: MetricKind, _ name: String, _ change: (inout MetricDefinition) -> Void = { _ in }
    ) throws -> (RegistryFixture, SeriesHandle) {
        let fixture = try RegistryFixture(
            .of(kind, name, labels: ["k"]) {
                $0.sources = []
                $0.isInstrument = true
                if kind == .distribution { $0.buckets = [0.1, 1] }
                if kind == .summary { $0.quantiles = [0.5] }
                change(&$0)
            })
        return (
            fixture, try #require(fixture.registry.series(try MetricName(name), ["a\"b"]))
        )
    }

    private let labels = "k=\"a\\\"b\""

    @Test(
        arguments: [
            (.counter, "a_total", [3, 0, 4], .integer(7, exponent: 0)),
            (.sum, "a_total", [3, .real(0.5)], .real(3.5)),
            (.upDownCounter, "a", [3, -5], .integer(-2, exponent: 0)),
            (.lastValue, "a", [3, .real(0.25)], .real(0.25)),
            (.counter, "a_total", [.integer(1 << 53), 1], .integer(1 << 53 + 1, exponent: 0)),
        ] as [(MetricKind, String, [Measurement], MetricValue)])
    func `a handle writes its series`(
        _ kind: MetricKind, _ name: String, _ values: [Measurement], _ read: MetricValue
    ) throws {
        let (fixture, handle) = try fixture(kind, name)
        for value in values { handle.record(value) }
        #expect(try fixture.value(name, labels) == read)
    }

    @Test func `a handle observes in the unit of its measurements`() throws {
        let (fixture, handle) = try fixture(.distribution, "a_seconds") {
            $0.unit = "seconds"
            $0.measurementUnit = "millisecond"
        }
        for value: Measurement in [100, 101, .real(1_000), 60_000] { handle.record(value) }
        let sample = try #require(try fixture.read("a_seconds")[labels])
        #expect(sample.buckets == [1, 2, 1])
        #expect(sample.sum.doubleValue == 61.201)

        let (minutes, uptime) = try self.fixture(.lastValue, "b_seconds") {
            $0.unit = "seconds"
            $0.measurementUnit = "minute"
        }
        uptime.record(2)
        #expect(try minutes.value("b_seconds", labels) == .integer(120, exponent: 0))
    }

    @Test(
        arguments: [
            (.sum, "a_total", .real(.nan), .notFinite), (.sum, "a_total", -1, .negative),
            (.counter, "a_total", -1, .negative),
            (.counter, "a_total", .real(.infinity), .notFinite),
            (.distribution, "a", .real(-.infinity), .notFinite),
            (.summary, "a", .real(.nan), .notFinite),
            (.lastValue, "a", .real(.nan), .notFinite),
            (.upDownCounter, "a", .real(.nan), .notFinite),
        ] as [(MetricKind, String, Measurement, SkipReason)])
    func `what an event could not do a handle cannot either`(
        _ kind: MetricKind, _ name: String, _ value: Measurement, _ reason: SkipReason
    ) throws {
        let (fixture, handle) = try fixture(kind, name)
        handle.record(value)
        #expect(try fixture.skipped(name, reason) == 1)
        #expect(try fixture.read(name).isEmpty)
    }

    @Test func `a counter grows with totals counted elsewhere, also after they began anew`() throws
    {
        let (fixture, handle) = try fixture(.counter, "a_total")
        let totals: [(Int64, Int64)] = [
            (0, 0), (5, 5), (5, 5), (3, 8), (9, 14), (0, 14), (2, 16), (-1, 16), (1, 17),
        ]
        for (total, read) in totals {
            handle.reach(total)
            #expect(try fixture.value("a_total", labels) == .integer(read, exponent: 0))
        }
    }

    @Test func `threads may share a handle`() async throws {
        let (fixture, handle) = try fixture(.summary, "a")
        try await inThreads(12) { _ in
            for value in 1...500 { handle.record(.integer(Int64(value))) }
        }
        let sample = try #require(try fixture.read("a")[labels])
        #expect(sample.count == 6_000)
        #expect(sample.sum == .integer(12 * 500 * 501 / 2, exponent: 0))
    }

    @Test func `a handle and events write one series`() throws {
        let fixture = try RegistryFixture(.of(.counter, "a_total", labels: ["k"]))
        let handle = try #require(fixture.registry.series(try MetricName("a_total"), ["x"]))
        handle.record(2)
        fixture.bus.execute("t.event", [:], ["k": "x"])
        #expect(
            try fixture.read("a_total").mapValues(\.value) == ["k=\"x\"": .integer(3, exponent: 0)])
    }

    @Test func `there is no handle without its metric or with other labels`() throws {
        let (fixture, _) = try fixture(.counter, "a_total")
        #expect(fixture.registry.series(try MetricName("b_total"), ["x"]) == nil)
        #expect(fixture.registry.series(try MetricName("a_total"), []) == nil)
        #expect(fixture.registry.series(try MetricName("a_total"), ["x", "y"]) == nil)
        let tooLong = String(repeating: "x", count: 4097)
        #expect(fixture.registry.series(try MetricName("a_total"), [tooLong]) == nil)
        #expect(fixture.registry.series(try MetricName("a_total"), [""]) != nil)
    }

    @Test func `a handle outlives its metric`() throws {
        let (fixture, handle) = try fixture(.counter, "a_total")
        fixture.registry.remove(owner: "test")
        fixture.registry.tick()
        handle.record(1)
        #expect(try fixture.read("a_total").isEmpty)
    }
}
