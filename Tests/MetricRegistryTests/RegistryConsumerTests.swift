import MetricRegistry
import Telemetry
import Testing

/// Which events update which series, and what is counted where one does not.
struct RegistryConsumerTests {
    @Test func `an event outside the conditions makes no series`() throws {
        let fixture = try RegistryFixture(
            maximumSeries: 2,
            .of(.counter, "errors_total", labels: ["id"]) {
                $0.keep = [MetadataCondition(key: "status", test: .equals(["error"]))]
            })
        for id in 0..<10 {
            fixture.bus.execute("t.event", [:], ["id": .integer(Int64(id)), "status": "ok"])
        }
        #expect(try fixture.statistics("errors_total")?.series == 0)
        fixture.bus.execute("t.event", [:], ["id": "x", "status": "error"])
        #expect(try fixture.value("errors_total", "id=\"x\"") == .integer(1, exponent: 0))
        #expect(try fixture.statistics("errors_total")?.overflowed == 0)
    }

    @Test(
        arguments: [
            (1_000, .integer(1_000), false), (1_000, .integer(1_001), true),
            (1_000, .real(1_000.001), true), (1_000, .real(1_000), false),
            (0.5, .integer(0), false), (0.5, .integer(1), true), (-1.5, .integer(-1), true),
            (-1.5, .integer(-2), false), (1e30, .integer(.max), false),
            (-1e30, .integer(.min), true),
            (0, .real(.nan), false), (0, nil, false),
        ] as [(Double, Measurement?, Bool)])
    func `a limit on a measurement counts what is greater, and nothing that is not there`(
        limit: Double, value: Measurement?, isCounted: Bool
    ) throws {
        let above = MetadataCondition(key: "t", test: .above(limit))
        let fixture = try RegistryFixture(
            .of(.counter, "slow_total") { $0.keep = [above] },
            .of(.counter, "quick_total") { $0.drop = [above] })
        var measurements: Measurements = ["other": 7]
        if let value { measurements["t"] = value }
        fixture.bus.execute("t.event", measurements, [:])
        // Bound events have their metadata's conditions behind them; limits are each event's own.
        let bound = PreparedEvent(fixture.bus, "t.event", measurements: ["t"], metadata: []).bind([]
        )
        if let value { bound.emit([value]) }
        let count = Int64(value == nil ? 1 : 2)
        #expect(
            try fixture.value("slow_total") == (isCounted ? .integer(count, exponent: 0) : nil))
        #expect(
            try fixture.value("quick_total") == (isCounted ? nil : .integer(count, exponent: 0)))
    }

    @Test(
        arguments: [
            (["view": "a", "socket": ["view": "b"]], "a"), (["socket": ["view": "b"]], "b"),
            (["other": "c"], "none"),
        ] as [(Metadata, String)])
    func `of a label's keys the first that an event has counts`(
        metadata: Metadata, value: String
    ) throws {
        let fixture = try RegistryFixture(
            .of(.counter, "views_total") {
                $0.labels = [
                    LabelMapping(
                        name: try LabelName("view"), key: "view\nsocket.view", defaultValue: "none")
                ]
            },
            .of(.counter, "known_total") {
                $0.keep = [MetadataCondition(key: "view\nsocket.view", test: .exists)]
            })
        fixture.bus.execute("t.event", [:], metadata)
        #expect(
            try fixture.value("views_total", "view=\"\(value)\"") == .integer(1, exponent: 0))
        #expect(
            try fixture.value("known_total")
                == (value == "none" ? nil : .integer(1, exponent: 0)))
    }

    @Test func `a gauge without a measurement shows that there was an event`() throws {
        let fixture = try RegistryFixture(.of(.lastValue, "up", measurement: nil))
        fixture.bus.execute("t.event", ["n": 7], [:])
        #expect(try fixture.value("up") == .integer(1, exponent: 0))
    }

    struct Condition: Sendable, CustomTestStringConvertible {
        let keep: [MetadataCondition]
        let drop: [MetadataCondition]
        let metadata: Metadata
        let isCounted: Bool
        var testDescription: String { "keep \(keep) drop \(drop) of \(metadata)" }

        init(
            keep: [MetadataCondition] = [], drop: [MetadataCondition] = [],
            _ metadata: Metadata, _ isCounted: Bool
        ) {
            self.keep = keep
            self.drop = drop
            self.metadata = metadata
            self.isCounted = isCounted
        }
    }

    private static var isA: MetadataCondition {
        MetadataCondition(key: "k", test: .equals(["a", "bb"]))
    }
    private static var isNotA: MetadataCondition {
        MetadataCondition(key: "k", test: .equals(["a", "bb"]), isNegated: true)
    }
    private static var begins: MetadataCondition {
        MetadataCondition(key: "k", test: .hasPrefix(["net_", "x"]))
    }
    private static var exists: MetadataCondition {
        MetadataCondition(key: "k", test: .exists)
    }
    private static var isAbsent: MetadataCondition {
        MetadataCondition(key: "k", test: .exists, isNegated: true)
    }
    private static var isEmpty: MetadataCondition {
        MetadataCondition(key: "k", test: .equals([""]))
    }
    private static var other: MetadataCondition {
        MetadataCondition(key: "other", test: .exists)
    }

    @Test(arguments: [
        Condition(keep: [isA], ["k": "a"], true),
        Condition(keep: [isA], ["k": "bb"], true),
        Condition(keep: [isA], ["k": "b"], false),
        Condition(keep: [isA], ["k": "bbb"], false),
        Condition(keep: [isA], ["k": ""], false),
        Condition(keep: [isA], [:], false),
        Condition(keep: [isA], ["k": nil], false),
        Condition(keep: [isA], ["k": ["deep": "a"]], false),
        Condition(keep: [isNotA], ["k": "a"], false),
        Condition(keep: [isNotA], ["k": "c"], true),
        Condition(keep: [isNotA], [:], true),
        Condition(keep: [begins], ["k": "net_auto"], true),
        Condition(keep: [begins], ["k": "x"], true),
        Condition(keep: [begins], ["k": "net"], false),
        Condition(keep: [begins], [:], false),
        Condition(keep: [exists], ["k": ""], true),
        Condition(keep: [exists], ["k": false], true),
        Condition(keep: [exists], ["k": nil], false),
        Condition(keep: [exists], [:], false),
        Condition(keep: [isAbsent], [:], true),
        Condition(keep: [isAbsent], ["k": 0], false),
        Condition(keep: [isEmpty], ["k": ""], true),
        Condition(keep: [isEmpty], ["k": "x"], false),
        Condition(keep: [isA, other], ["k": "a"], false),
        Condition(keep: [isA, other], ["k": "a", "other": 1], true),
        Condition(drop: [isA], ["k": "a"], false),
        Condition(drop: [isA], ["k": "c"], true),
        Condition(drop: [isA], [:], true),
        Condition(drop: [isA, other], ["k": "c", "other": 1], false),
        Condition(keep: [exists], drop: [isA], ["k": "c"], true),
        Condition(keep: [exists], drop: [isA], ["k": "a"], false),
    ])
    func `all keeps must hold and no drop may`(_ row: Condition) throws {
        let fixture = try RegistryFixture(
            .of(.counter, "seen_total") {
                $0.keep = row.keep
                $0.drop = row.drop
            })
        fixture.bus.execute("t.event", [:], row.metadata)
        let expected: MetricValue? = row.isCounted ? .integer(1, exponent: 0) : nil
        #expect(try fixture.value("seen_total") == expected)
        #expect(try fixture.statistics("seen_total")?.skipped.values.allSatisfy { $0 == 0 } == true)
    }

    @Test func `a bound event that misses a label counts each emit once`() throws {
        let fixture = try RegistryFixture(.of(.counter, "seen_total", labels: ["site"]))
        let bound = PreparedEvent(fixture.bus, "t.event", measurements: [], metadata: ["other"])
            .bind(["x"])
        for _ in 0..<3 { bound.emit([]) }
        #expect(try fixture.skipped("seen_total", .missingLabel) == 3)
    }

    @Test func `a bound event in the overflow series is counted each time`() throws {
        let fixture = try RegistryFixture(
            maximumSeries: 1, .of(.counter, "seen_total", labels: ["site"]))
        let event = PreparedEvent(fixture.bus, "t.event", measurements: [], metadata: ["site"])
        event.emit([], ["first"])
        let bound = event.bind(["second"])
        for _ in 0..<3 { bound.emit([]) }
        #expect(try fixture.statistics("seen_total")?.overflowed == 3)
        #expect(
            try fixture.value("seen_total", "otel_metric_overflow=\"true\"")
                == .integer(3, exponent: 0))
    }

    @Test
    func
        `an event counts once, bound or not, while handlers are timed and when they no longer are`()
        throws
    {
        let fixture = try RegistryFixture(.of(.counter, "seen_total", labels: ["site"]))
        let event = PreparedEvent(fixture.bus, "t.event", measurements: [], metadata: ["site"])
        let bound = event.bind(["a"])
        func emit() {
            bound.emit([])
            event.emit([], ["a"])
            fixture.bus.execute("t.event", [:], ["site": "a"])
        }
        emit()
        var watch: HandlerWatch? = HandlerWatch(fixture.bus)
        for _ in 0..<100 { emit() }
        #expect(watch?.take().map(\.calls) == [300])
        watch = nil
        emit()
        #expect(
            try fixture.value("seen_total", "site=\"a\"") == .integer(306, exponent: 0))
    }

    @Test func `a bound event whose label is too long says so`() throws {
        let fixture = try RegistryFixture(.of(.counter, "seen_total", labels: ["site"]))
        let bound = PreparedEvent(fixture.bus, "t.event", measurements: [], metadata: ["site"])
            .bind([String(repeating: "x", count: 4097)])
        bound.emit([])
        #expect(try fixture.skipped("seen_total", .labelTooLong) == 1)
        #expect(try fixture.skipped("seen_total", .missingLabel) == 0)
    }
}
