import MetricRegistry
import Synchronization
import Telemetry
import TestSupport
import Testing

/// How many series there are, and how long they live.
struct SeriesGroupTests {
    private static let overflow = "otel_metric_overflow=\"true\""

    @Test func `past max_series updates go to one overflow series and are counted`() throws {
        let fixture = try RegistryFixture(
            .of(.counter, "c_total", labels: ["id"]) { $0.maximumSeries = 3 })
        for _ in 0..<2 {
            for id in 0..<10 { fixture.bus.execute("t.event", [:], ["id": .integer(Int64(id))]) }
        }
        let samples = try fixture.read("c_total")
        #expect(samples.count == 4)
        #expect(samples[Self.overflow]?.value == .integer(14, exponent: 0))
        #expect(samples[Self.overflow]?.pairs == [["otel_metric_overflow", "true"]])
        #expect(samples["id=\"2\""]?.value == .integer(2, exponent: 0))
        #expect(try fixture.statistics("c_total")?.series == 3)
        #expect(try fixture.statistics("c_total")?.overflowed == 14)
    }

    @Test func `the registry's limit holds where a definition names none`() throws {
        let fixture = try RegistryFixture(
            maximumSeries: 2, .of(.counter, "c_total", labels: ["id"]))
        for id in 0..<5 { fixture.bus.execute("t.event", [:], ["id": .integer(Int64(id))]) }
        #expect(try fixture.statistics("c_total")?.series == 2)
    }

    @Test(arguments: [2, 12])
    func `series made by many threads at once never exceed the limit, and lose nothing`(
        _ threads: Int
    ) async throws {
        let fixture = try RegistryFixture(
            maximumSeries: 100, .of(.counter, "c_total", labels: ["id"]))
        let barrier = Barrier(threads)
        try await inThreads(threads) { number in
            barrier.wait()
            for index in 0..<1_000 {
                let id = (index &* 7 &+ number) % 300
                fixture.bus.execute("t.event", [:], ["id": .integer(Int64(id))])
            }
        }
        let samples = try fixture.read("c_total")
        #expect(samples.count == 101)
        #expect(try fixture.statistics("c_total")?.series == 100)
        #expect(
            samples.values.reduce(0) { $0 + $1.value.doubleValue } == Double(threads * 1_000))
        #expect(
            samples[Self.overflow]?.value.doubleValue
                == (try fixture.statistics("c_total")).map { Double($0.overflowed) })
    }

    @Test func `thousands of series are each found again`() throws {
        let fixture = try RegistryFixture(
            maximumSeries: 5_000, .of(.counter, "c_total", labels: ["id", "kind"]))
        let event = PreparedEvent(
            fixture.bus, "t.event", measurements: [], metadata: ["id", "kind"])
        for _ in 0..<2 { for id in 0..<5_000 { event.emit([], ["\(id)", "\(id % 7)"]) } }
        let samples = try fixture.read("c_total")
        #expect(samples.count == 5_000)
        #expect(samples.values.allSatisfy { $0.value == .integer(2, exponent: 0) })
        #expect(try fixture.statistics("c_total")?.overflowed == 0)
    }

    // MARK: Expiry

    private func gauge(_ seconds: Int) throws -> MetricDefinition {
        try .of(.lastValue, "g", measurement: "n", labels: ["id"]) {
            $0.expireAfter = .seconds(seconds)
        }
    }

    private func set(_ fixture: RegistryFixture, _ id: String, _ value: Int64 = 1) {
        fixture.bus.execute("t.event", ["n": .integer(value)], ["id": .string(id)])
    }

    @Test func `an idle series is gone after its time, one in use stays`() throws {
        let fixture = try RegistryFixture(gauge(3))
        set(fixture, "idle")
        for _ in 0..<3 {
            set(fixture, "used")
            fixture.registry.tick()
        }
        #expect(try fixture.read("g").count == 2)
        set(fixture, "used")
        fixture.registry.tick()
        #expect(try fixture.read("g").keys.map { $0 } == ["id=\"used\""])
        #expect(try fixture.statistics("g")?.series == 1)
    }

    @Test func `a time between two ticks is rounded up`() throws {
        let fixture = try RegistryFixture(
            tickLength: .seconds(10),
            .of(.lastValue, "g", measurement: "n", labels: ["id"]) {
                $0.expireAfter = .seconds(15)
            })
        set(fixture, "a")
        fixture.registry.tick(2)
        #expect(try fixture.read("g").count == 1)
        fixture.registry.tick()
        #expect(try fixture.read("g").isEmpty)
    }

    @Test func `a series that comes back begins anew`() throws {
        let fixture = try RegistryFixture(
            .of(.counter, "c_total", labels: ["id"]) { $0.expireAfter = .seconds(1) })
        for _ in 0..<5 { set(fixture, "a") }
        fixture.registry.tick(2)
        #expect(try fixture.read("c_total").isEmpty)
        set(fixture, "a")
        #expect(try fixture.value("c_total", "id=\"a\"") == .integer(1, exponent: 0))
    }

    @Test func `expiry makes room under max_series`() throws {
        let fixture = try RegistryFixture(maximumSeries: 1, gauge(1))
        set(fixture, "a")
        set(fixture, "b")
        #expect(try fixture.statistics("g")?.overflowed == 1)
        fixture.registry.tick(2)
        set(fixture, "b", 5)
        #expect(try fixture.value("g", "id=\"b\"") == .integer(5, exponent: 0))
        #expect(try fixture.statistics("g")?.overflowed == 1)
    }

    @Test func `series without a time never expire`() throws {
        let fixture = try RegistryFixture(.of(.counter, "c_total", labels: ["id"]))
        set(fixture, "a")
        fixture.registry.tick(.max / 2)
        #expect(try fixture.read("c_total").count == 1)
    }

    @Test func `a bound series does not expire until it is let go`() async throws {
        let fixture = try RegistryFixture(gauge(1))
        var bound: BoundEvent<1>? = PreparedEvent(
            fixture.bus, "t.event", measurements: ["n"], metadata: ["id"]
        ).bind(["a"])
        bound?.emit([1])
        fixture.registry.tick(5)
        #expect(try fixture.read("g").count == 1)
        bound?.emit([2])
        #expect(try fixture.value("g", "id=\"a\"") == .integer(2, exponent: 0))
        bound = nil
        // Its resolution is freed after a grace period, which other tests may prolong.
        try await waitUntil("the series to expire") {
            fixture.registry.tick(5)
            return try fixture.read("g").isEmpty
        }
    }

    @Test func `a series held by a handle does not expire, and its time begins when it is let go`()
        throws
    {
        let fixture = try RegistryFixture(gauge(3))
        var handle = fixture.registry.series(try MetricName("g"), ["a"])
        handle?.record(4)
        fixture.registry.tick(10)
        #expect(try fixture.value("g", "id=\"a\"") == .integer(4, exponent: 0))
        handle = nil
        fixture.registry.tick(3)
        #expect(try fixture.read("g").count == 1)
        fixture.registry.tick()
        #expect(try fixture.read("g").isEmpty)
    }

    @Test func `a snapshot still reads series that expired after it was taken`() throws {
        let fixture = try RegistryFixture(gauge(1))
        for id in 0..<50 { set(fixture, "\(id)", Int64(id)) }
        let snapshot = fixture.registry.snapshot()
        for _ in 0..<5 {
            fixture.registry.tick(2)
            #expect(ReadSection.synchronize())
        }
        // New series would take the memory, had it been freed.
        for id in 50..<200 { set(fixture, "\(id)", -1) }
        let samples = try #require(snapshot.families.first).samples()
        #expect(samples.map(\.value) == (0..<50).map { .integer($0, exponent: 0) })
        #expect(samples.map(\.labels) == (0..<50).map { "id=\"\($0)\"" })
    }

    @Test func `series come and go while threads write, bind and read`() async throws {
        let fixture = try RegistryFixture(maximumSeries: 40, gauge(1))
        let writers = 3
        let done = Atomic<Int>(0)
        try await inThreads(writers + 2) { number in
            if number < writers {
                defer { done.wrappingAdd(1, ordering: .releasing) }
                let event = PreparedEvent(
                    fixture.bus, "t.event", measurements: ["n"], metadata: ["id"])
                for round in 0..<2_000 {
                    event.emit([1], ["\(round % 60)"])
                    if round % 20 == 0 {
                        let bound = event.bind(["\(round % 50)"])
                        bound.emit([2])
                    }
                    if round % 50 == 0 {
                        fixture.registry.series(try MetricName("g"), ["\(round % 30)"])?.record(3)
                    }
                }
            } else {
                while done.load(ordering: .acquiring) < writers {
                    if number == writers { fixture.registry.tick(2) }
                    let sum = try fixture.read("g").values.allSatisfy {
                        (1...3).contains($0.value.doubleValue)
                    }
                    #expect(sum)
                }
            }
        }
        #expect(try fixture.statistics("g").map { $0.series <= 40 } == true)
    }
}
