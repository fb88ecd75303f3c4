import Synchronization
import TestSupport
import Testing

@testable import Telemetry

struct EventPipelineTests {
    private func recorder(_ pipeline: EventPipeline, _ clock: TelemetryClock = .machine) throws -> (
        TelemetryBus, EventRecorder
    ) {
        let bus = TelemetryBus(clock: clock)
        bus.setPipeline(pipeline)
        return (bus, try EventRecorder(bus, .all))
    }

    // MARK: Sampling

    @Test func `events of one correlation id pass together or not at all, on every bus alike`()
        throws
    {
        let rule = EventPipeline(samplings: [
            .init(events: .below("a"), keepOneIn: 4, correctsCounters: false)
        ])
        let (first, firstSeen) = try recorder(rule)
        let (second, secondSeen) = try recorder(rule)
        for round in 0..<400 {
            first.execute("a.one", ["n": 1], correlationID: "run-\(round)")
            first.execute("a.two", ["n": 1], correlationID: "run-\(round)")
            Correlation.$current.withValue("run-\(round)") { second.execute("a.one", ["n": 1]) }
        }
        let ids = firstSeen.events.filter { $0.name == "a.one" }.map(\.correlationID)
        #expect(ids == firstSeen.events.filter { $0.name == "a.two" }.map(\.correlationID))
        #expect(ids == secondSeen.events.map(\.correlationID))
        // 100 expected of 400; far from none and from all.
        #expect((50...150).contains(ids.count))
        let counts = try #require(first.pipelineStatistics.samplings.first)
        #expect(counts.passed == ids.count * 2)
        #expect(counts.passed + counts.dropped == 800)
    }

    @Test func `of events without a correlation id every n-th passes`() throws {
        let (bus, seen) = try recorder(
            EventPipeline(samplings: [.init(events: .all, keepOneIn: 10, correctsCounters: false)]))
        for _ in 0..<1000 { bus.execute("a.b") }
        #expect(seen.events.count == 100)
    }

    @Test func `the first rule that matches holds, and other events pass`() throws {
        let (bus, seen) = try recorder(
            EventPipeline(samplings: [
                .init(events: .name("a.all"), keepOneIn: 1, correctsCounters: false),
                .init(events: .below("a"), keepOneIn: 1_000_000, correctsCounters: false),
            ]))
        for _ in 0..<10 {
            bus.execute("a.all")
            bus.execute("a.few")
            bus.execute("b.any")
        }
        #expect(seen.events.count { $0.name == "a.all" } == 10)
        #expect(seen.events.count { $0.name == "b.any" } == 10)
        #expect(seen.events.count { $0.name == "a.few" } <= 1)
    }

    // MARK: Rate limits

    @Test func `a burst passes, then so many a second`() throws {
        let clock = ManualClock()
        let (bus, seen) = try recorder(
            EventPipeline(rateLimits: [.init(events: .all, perSecond: 10, burst: 5)]),
            clock.clock)
        func emit(_ count: Int) -> Int {
            seen.clear()
            for _ in 0..<count { bus.execute("a.b") }
            return seen.events.count
        }
        #expect(emit(20) == 5)
        clock.advance(.milliseconds(100))
        #expect(emit(20) == 1)
        clock.advance(.milliseconds(300))
        #expect(emit(20) == 3)
        clock.advance(.seconds(3600))
        #expect(emit(20) == 5)
        let counts = try #require(bus.pipelineStatistics.rateLimits.first)
        #expect(counts.passed == 14)
        #expect(counts.dropped == 66)
    }

    @Test func `threads share one bucket`() async throws {
        let clock = ManualClock()
        let (bus, seen) = try recorder(
            EventPipeline(rateLimits: [.init(events: .all, perSecond: 1, burst: 100)]),
            clock.clock)
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { @concurrent in for _ in 0..<500 { bus.execute("a.b") } }
            }
        }
        #expect(seen.events.count == 100)
    }

    // MARK: Redaction

    private struct Stars: MetadataRedactor {
        func hides(key: String) -> Bool { key == "password" }
        func redacted(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
            value.contains(UInt8(ascii: "!"))
                ? value.map { $0 == UInt8(ascii: "!") ? UInt8(ascii: "*") : $0 } : nil
        }
    }

    @Test func `no handler sees what is hidden, and the rest is untouched`() throws {
        let (bus, seen) = try recorder(
            EventPipeline(redactions: [.init(events: .below("a"), redactor: Stars())]))
        bus.execute("a.b", ["n": 2], ["password": "x", "text": "y!z", "plain": "p", "number": 7])
        bus.execute("a.b", ["n": 2], ["password": "x", "text": "yz", "plain": "p", "number": 7])
        bus.execute("b.c", [:], ["password": "x"])
        let prepared = PreparedEvent(bus, "a.d", measurements: ["n"], metadata: ["password"])
        prepared.emit([1], ["secret"])
        prepared.bind(["secret"]).emit([1])
        let metadata = seen.events.map(\.metadata)
        #expect(metadata[0]["password"] == "[redacted]")
        #expect(metadata[0]["text"] == "y*z")
        #expect(metadata[0]["number"] == 7)
        #expect(metadata[1]["text"] == "yz")
        #expect(metadata[2]["password"] == "x")
        #expect(metadata[3]["password"] == "[redacted]")
        #expect(metadata[4]["password"] == "[redacted]")
        #expect(bus.pipelineStatistics.redacted == 4)
    }

    @Test func `the correlation id is looked at too, and numbers are`() throws {
        struct NoSevens: MetadataRedactor {
            func hides(key: String) -> Bool { false }
            func redacted(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
                value.contains(UInt8(ascii: "7")) ? Array("none".utf8) : nil
            }
        }
        let (bus, seen) = try recorder(
            EventPipeline(redactions: [.init(events: .all, redactor: NoSevens())]))
        bus.execute("a.b", [:], ["number": 17, "other": 18], correlationID: "c-7")
        bus.execute("a.b", [:], ["number": 1, "other": 2], correlationID: "c-8")
        #expect(seen.events.map(\.correlationID) == ["none", "c-8"])
        #expect(seen.events[0].metadata["number"] == "none")
        #expect(seen.events[0].metadata["other"] == 18)
        #expect(seen.events[1].metadata["number"] == 1)
    }

    // MARK: Change

    @Test func `rules that stay the same keep their counts, and none are left without a pipeline`()
        throws
    {
        let sampling = EventPipeline.Sampling(
            events: .all, keepOneIn: 2, correctsCounters: false)
        let (bus, seen) = try recorder(EventPipeline(samplings: [sampling]))
        for _ in 0..<10 { bus.execute("a.b") }
        bus.setPipeline(
            EventPipeline(
                samplings: [sampling],
                rateLimits: [.init(events: .name("x.y"), perSecond: 1, burst: 1)]))
        for _ in 0..<10 { bus.execute("a.b") }
        #expect(bus.pipelineStatistics.samplings.first?.passed == 10)
        #expect(seen.events.count == 10)
        bus.setPipeline(EventPipeline())
        for _ in 0..<10 { bus.execute("a.b") }
        #expect(seen.events.count == 20)
        #expect(bus.pipelineStatistics.samplings.isEmpty)
    }

    @Test func `a rule that changes goes on counting, and so does what all rules share`() throws {
        func pipeline(keepOneIn: Int, perSecond: Double) -> EventPipeline {
            EventPipeline(
                samplings: [.init(events: .all, keepOneIn: keepOneIn, correctsCounters: false)],
                rateLimits: [.init(events: .all, perSecond: perSecond, burst: 1_000)],
                redactions: [.init(events: .all, redactor: Stars())])
        }
        let (bus, seen) = try recorder(pipeline(keepOneIn: 2, perSecond: 10), ManualClock().clock)
        for _ in 0..<64 { bus.execute("a.b", [:], ["text": "!"]) }
        bus.setPipeline(pipeline(keepOneIn: 4, perSecond: 20))
        for _ in 0..<64 { bus.execute("a.b", [:], ["text": "!"]) }
        #expect(seen.events.count == 48)
        let counts = bus.pipelineStatistics
        #expect(counts.samplings.map(\.rule.keepOneIn) == [4])
        #expect(counts.samplings.map(\.passed) == [48] && counts.samplings.map(\.dropped) == [80])
        #expect(counts.rateLimits.map(\.rule.perSecond) == [20])
        #expect(counts.rateLimits.map(\.passed) == [48])
        #expect(counts.redacted == 48 && counts.measuredEvents == 2)
    }

    @Test func `a second rule for the same events is none`() throws {
        let rule = EventPipeline.Sampling(events: .all, keepOneIn: 2, correctsCounters: false)
        let (bus, _) = try recorder(
            EventPipeline(samplings: [
                rule, .init(events: .all, keepOneIn: 3, correctsCounters: false),
            ]))
        #expect(bus.pipelineStatistics.samplings.map(\.rule) == [rule])
    }

    @Test func `changing rules while threads emit loses no event that no rule is for`()
        async throws
    {
        let bus = TelemetryBus()
        let count = Atomic(0)
        try bus.attach("count", to: [.name("kept.event")]) { _ in
            count.add(1, ordering: .relaxed)
        }
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask { @concurrent in
                    for _ in 0..<5000 { bus.execute("kept.event", ["n": 1]) }
                }
            }
            group.addTask { @concurrent in
                for round in 0..<200 {
                    bus.setPipeline(
                        EventPipeline(samplings: [
                            .init(
                                events: .name("other.event"), keepOneIn: round + 1,
                                correctsCounters: false)
                        ]))
                }
            }
        }
        #expect(count.load(ordering: .relaxed) == 15_000)
    }

    @Test func `one event in 64 is timed on its way through the stages`() throws {
        let (bus, seen) = try recorder(
            EventPipeline(samplings: [.init(events: .all, keepOneIn: 2, correctsCounters: false)]))
        for _ in 0..<640 { bus.execute("a.b") }
        #expect(seen.events.count == 320)
        #expect(bus.pipelineStatistics.measuredEvents == 10)
    }
}
