import MetricRegistry
import Synchronization
import Telemetry
import TestSupport
import Testing

struct MetricSnapshotTests {
    @Test func `batches of any size read the same`() throws {
        let fixture = try RegistryFixture(maximumSeries: 20)
        try fixture.registry.declare(
            [
                .of(.distribution, "d", measurement: "n", labels: ["id"]) {
                    $0.buckets = [1, 5, 9]
                },
                .of(.summary, "q", measurement: "n", labels: ["id"]) { $0.quantiles = [0.5, 1] },
                .of(.lastValue, "g", measurement: "other", labels: ["id"]) {
                    $0.isMeasurementOptional = true
                },
            ], owner: "test")
        for id in 0..<25 {
            for value in 0...id {
                fixture.bus.execute(
                    "t.event", ["n": .integer(Int64(value))], ["id": .integer(Int64(id))])
            }
        }
        // Rows without a value for the gauge lie between those that have one.
        for id in [3, 4, 19] {
            fixture.bus.execute("t.event", ["other": 1], ["id": .integer(Int64(id))])
        }
        let snapshot = fixture.registry.snapshot()
        #expect(snapshot.time == RegistryFixture.start)
        #expect(snapshot.families.map(\.definition.name.description) == ["d", "g", "q"])
        for family in snapshot.families {
            let whole = family.samples(limit: 1_000)
            #expect(whole.count == (family.definition.kind == .lastValue ? 3 : 21))
            for limit in 1...22 { #expect(family.samples(limit: limit) == whole) }
        }
    }

    @Test func `labels are told with their values, that with the most first`() throws {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            [.of(.counter, "c_total", labels: ["site", "id"]), .of(.counter, "none_total")],
            owner: "test")
        for id in 0..<30 {
            fixture.bus.execute(
                "t.event", [:], ["id": .integer(Int64(id)), "site": .integer(Int64(id % 3))])
        }
        let families = fixture.registry.snapshot().families
        #expect(
            families[0].labelCardinalities(limit: 100) == [
                LabelCardinality(label: "id", values: 30),
                LabelCardinality(label: "site", values: 3),
            ])
        #expect(families[0].seriesCount == 30)
        #expect(families[0].labelCardinalities(limit: 7).first?.values == 7)
        #expect(families[1].labelCardinalities(limit: 7) == [])
    }

    @Test func `only what is cumulative has a start time`() throws {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            [
                .of(.counter, "a_total"), .of(.upDownCounter, "b"),
                .of(.lastValue, "c", measurement: "n"),
            ], owner: "test")
        fixture.bus.execute("t.event", ["n": 1])
        #expect(try fixture.read("a_total")[""]?.startTime == RegistryFixture.start)
        #expect(try fixture.read("b")[""]?.startTime == 0)
        #expect(try fixture.read("c")[""]?.startTime == 0)
    }

    @Test func `a series made after a snapshot is not in it`() throws {
        let fixture = try RegistryFixture(.of(.counter, "c_total", labels: ["id"]))
        fixture.bus.execute("t.event", [:], ["id": 1])
        let snapshot = fixture.registry.snapshot()
        for id in 2..<50 { fixture.bus.execute("t.event", [:], ["id": .integer(Int64(id))]) }
        #expect(snapshot.families.first?.samples().map(\.labels) == ["id=\"1\""])
    }

    @Test func `a snapshot outlives its metrics and its registry`() throws {
        var fixture: RegistryFixture? = try RegistryFixture(
            .of(.counter, "c_total", labels: ["id"]))
        for id in 0..<9 { fixture?.bus.execute("t.event", [:], ["id": .integer(Int64(id))]) }
        let snapshot = try #require(fixture?.registry.snapshot())
        fixture?.registry.remove(owner: "test")
        fixture?.registry.tick()
        fixture = nil
        #expect(ReadSection.synchronize())
        ReadSection.collect()
        #expect(snapshot.families.first?.samples().count == 9)
    }

    // Ten writers, so that the shard that several share is read as well.
    @Test func `under writers a count is the sum of its buckets, and nothing goes back`()
        async throws
    {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            [
                .of(.distribution, "d", measurement: "n") { $0.buckets = [2, 5] },
                .of(.summary, "q", measurement: "n") { $0.quantiles = [0.5] },
                .of(.counter, "c_total"),
            ], owner: "test")
        let writers = 10
        let each = 2_000
        let running = Atomic<Int>(writers)
        try await inThreads(writers + 1) { number in
            guard number == writers else {
                defer { running.wrappingSubtract(1, ordering: .releasing) }
                for index in 0..<each {
                    fixture.bus.execute("t.event", ["n": .integer(Int64(index % 8))])
                }
                return
            }
            var last: [Double] = [0, 0, 0]
            while running.load(ordering: .acquiring) > 0 {
                let histogram = try fixture.read("d")[""]
                #expect(histogram?.count == histogram?.buckets.reduce(0, +))
                let now = [
                    Double(histogram?.count ?? 0), Double(try fixture.read("q")[""]?.count ?? 0),
                    try fixture.value("c_total")?.doubleValue ?? 0,
                ]
                #expect(zip(last, now).allSatisfy { $0 <= $1 })
                last = now
            }
        }
        let total = UInt64(writers * each)
        #expect(try fixture.read("d")[""]?.buckets == [total * 3 / 8, total * 3 / 8, total / 4])
        #expect(try fixture.read("q")[""]?.count == total)
        #expect(try fixture.value("c_total") == .integer(Int64(total), exponent: 0))
    }
}
