import MetricRegistry
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Declaring, re-declaring and removing metrics, while events flow.
struct MetricRegistryTests {
    private func counter(_ name: String, help: String = "") throws -> MetricDefinition {
        try .of(.counter, name, labels: ["k"]) { $0.help = help }
    }

    private func emit(_ fixture: RegistryFixture) {
        fixture.bus.execute("t.event", ["n": 1], ["k": "x"])
    }

    private let one: MetricValue = .integer(1, exponent: 0)
    private let two: MetricValue = .integer(2, exponent: 0)

    @Test func `a set is declared as a whole or not at all`() throws {
        let fixture = try RegistryFixture(counter("a_total"))
        emit(fixture)
        #expect(throws: DefinitionErrors.self) {
            try fixture.registry.declare([counter("b_total"), counter("broken")], owner: "test")
        }
        #expect(throws: DefinitionErrors.self) {
            try fixture.registry.declare([counter("b_total"), counter("a_total")], owner: "other")
        }
        emit(fixture)
        #expect(fixture.registry.definitions.map(\.definition.name.description) == ["a_total"])
        #expect(try fixture.value("a_total", "k=\"x\"") == two)
    }

    @Test func `an unchanged metric keeps its series, a changed one begins anew, others go`() throws
    {
        let fixture = try RegistryFixture(
            counter("kept_total"), counter("changed_total"), counter("gone_total"))
        emit(fixture)
        var changed = try counter("changed_total")
        changed.maximumSeries = 7
        try fixture.registry.declare(
            [counter("kept_total"), changed, counter("new_total")], owner: "test")
        emit(fixture)
        #expect(try fixture.value("kept_total", "k=\"x\"") == two)
        #expect(try fixture.value("changed_total", "k=\"x\"") == one)
        #expect(try fixture.value("new_total", "k=\"x\"") == one)
        #expect(try fixture.read("gone_total").isEmpty)
        // What is declared again has not been kept somewhere.
        try fixture.registry.declare([counter("gone_total")], owner: "test")
        #expect(try fixture.read("gone_total").isEmpty)
    }

    @Test func `another help text keeps the series`() throws {
        let fixture = try RegistryFixture(counter("a_total", help: "before"))
        emit(fixture)
        try fixture.registry.declare([counter("a_total", help: "after")], owner: "test")
        emit(fixture)
        #expect(try fixture.value("a_total", "k=\"x\"") == two)
        #expect(fixture.registry.snapshot().families.map(\.definition.help) == ["after"])
        #expect(fixture.registry.definitions.map(\.definition.help) == ["after"])
    }

    @Test func `an owner is removed with its series, the others stay`() throws {
        let fixture = try RegistryFixture(counter("a_total"))
        try fixture.registry.declare([counter("b_total")], owner: "other")
        emit(fixture)
        fixture.registry.remove(owner: "test")
        emit(fixture)
        #expect(try fixture.read("a_total").isEmpty)
        #expect(try fixture.value("b_total", "k=\"x\"") == two)
        #expect(fixture.registry.snapshot().families.map(\.owner) == ["other"])
        // Its name is free.
        try fixture.registry.declare([counter("a_total")], owner: "third")
    }

    @Test func `an emitter prepared before its metrics were declared feeds them`() throws {
        let fixture = try RegistryFixture()
        let event = PreparedEvent(fixture.bus, "t.event", measurements: [], metadata: ["k"])
        let bound = event.bind(["x"])
        event.emit([], ["x"])
        bound.emit([])
        try fixture.registry.declare([counter("a_total")], owner: "test")
        event.emit([], ["x"])
        bound.emit([])
        #expect(try fixture.value("a_total", "k=\"x\"") == two)
    }

    @Test func `more metrics of one event than a group holds are all fed`() throws {
        let fixture = try RegistryFixture()
        try fixture.registry.declare((0..<70).map { try counter("m\($0)_total") }, owner: "test")
        emit(fixture)
        for index in 0..<70 { #expect(try fixture.value("m\(index)_total", "k=\"x\"") == one) }
    }

    @Test func `metrics declared again while threads emit lose no count`() async throws {
        let fixture = try RegistryFixture(counter("kept_total"))
        let threads = 4
        let each = 5_000
        let running = Atomic<Int>(threads)
        try await inThreads(threads + 1) { number in
            if number < threads {
                defer { running.wrappingSubtract(1, ordering: .releasing) }
                let event = PreparedEvent(
                    fixture.bus, "t.event", measurements: ["n"], metadata: ["k"])
                let bound = event.bind(["x"])
                for index in 0..<each {
                    switch index % 3 {
                    case 0: emit(fixture)
                    case 1: event.emit([1], ["x"])
                    default: bound.emit([1])
                    }
                }
            } else {
                var round = 0
                while running.load(ordering: .acquiring) > 0 {
                    let more = try (0..<round % 3).map { try counter("more\(round)_\($0)_total") }
                    let kept = try counter("kept_total", help: "round \(round)")
                    try fixture.registry.declare(more + [kept], owner: "test")
                    fixture.registry.tick()
                    round += 1
                }
            }
        }
        #expect(
            try fixture.value("kept_total", "k=\"x\"")
                == .integer(Int64(threads * each), exponent: 0))
    }

    @Test func `a second registry needs an id of its own`() throws {
        let fixture = try RegistryFixture(counter("a_total"))
        #expect(throws: AttachError.duplicateID("metric-registry")) {
            try MetricRegistry(bus: fixture.bus)
        }
        let second = try MetricRegistry(bus: fixture.bus, id: "second")
        try second.declare([counter("a_total")], owner: "test")
        emit(fixture)
        #expect(try fixture.value("a_total", "k=\"x\"") == one)
        #expect(second.statistics.map(\.series) == [1])
    }

    @Test func `a registry that is gone leaves its bus`() throws {
        let bus = TelemetryBus()
        do { _ = try MetricRegistry(bus: bus) }
        #expect(bus.handlers().isEmpty)
        bus.execute("t.event")
    }

    @Test func `statistics say how each metric fares`() throws {
        let fixture = try RegistryFixture(
            maximumSeries: 1, counter("b_total"),
            .of(.sum, "a_total", measurement: "n", labels: ["k"]))
        fixture.bus.execute("t.event", ["n": -1], ["k": "x"])
        fixture.bus.execute("t.event", ["n": 1], ["k": "y"])
        fixture.bus.execute("t.event", ["n": 1])
        let statistics = fixture.registry.statistics
        #expect(statistics.map(\.name.description) == ["a_total", "b_total"])
        #expect(statistics.map(\.owner) == ["test", "test"])
        #expect(statistics.map(\.series) == [1, 1])
        #expect(statistics.map(\.overflowed) == [1, 1])
        #expect(statistics.map { $0.skipped[.negative] } == [1, 0])
        #expect(statistics.map { $0.skipped[.missingLabel] } == [1, 1])
    }

    // MARK: Collectors

    @Test func `collectors run before each snapshot, one per id`() throws {
        let fixture = try RegistryFixture(
            .of(.lastValue, "g") {
                $0.sources = []
                $0.isInstrument = true
            })
        let handle = try #require(fixture.registry.series(try MetricName("g")))
        fixture.registry.onSnapshot("mine") { handle.record(-1) }
        let calls = Atomic<Int64>(0)
        fixture.registry.onSnapshot("mine") {
            handle.record(.integer(calls.wrappingAdd(1, ordering: .relaxed).newValue))
        }
        #expect(try fixture.value("g") == one)
        #expect(try fixture.value("g") == two)
        fixture.registry.removeCollector("mine")
        #expect(try fixture.value("g") == two)
    }
}
