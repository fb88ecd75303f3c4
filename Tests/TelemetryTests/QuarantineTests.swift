import Synchronization
import Telemetry
import TestSupport
import Testing

struct QuarantineTests {
    private let time = ManualClock()
    private let bus: TelemetryBus

    init() {
        bus = TelemetryBus(
            clock: time.clock,
            quarantine: QuarantinePolicy(
                budget: 3, backOff: .seconds(1), longestBackOff: .seconds(3)))
    }

    /// A handler that fails while it is told to.
    private final class Moody: Sendable {
        let calls = Tally()
        let fails = Atomic<Bool>(true)

        func attach(_ bus: TelemetryBus) throws {
            try bus.attach("moody", to: ["a"]) { [self] _ in
                calls.add()
                if fails.load(ordering: .relaxed) { throw Mishap() }
            }
        }
    }

    private var info: HandlerInfo? { bus.handlers().first { $0.id == "moody" } }

    @Test func `a handler that throws is reported and never reaches the emitter`() throws {
        let failures = try EventRecorder(bus, "telemetry.handler.failure")
        let others = try EventRecorder(bus, "a")
        try Moody().attach(bus)
        bus.execute("a")
        #expect(others.events.count == 1)
        #expect(
            failures.events.map(\.metadata) == [
                [
                    "event_name": "a", "handler_id": "moody", "kind": "Mishap",
                    "reason": "it went wrong", "quarantined": false,
                ]
            ])
        #expect(
            failures.events.map(\.measurements) == [
                ["monotonic_time": 1_000, "system_time": 1_700_000_000_000_001_000]
            ])
    }

    @Test func `a handler is set aside after its budget, for a time that doubles up to a limit`()
        throws
    {
        let moody = Moody()
        try moody.attach(bus)
        for _ in 0..<10 { bus.execute("a") }
        #expect(moody.calls.count == 3)
        #expect(info?.isQuarantined == true)
        #expect(info?.failures == 3)
        // One try after each rest: 1 s, 2 s, then 3 s where 4 would be next.
        for (index, rest) in [1, 2, 3, 3].enumerated() {
            time.advance(.seconds(rest) - .nanoseconds(1))
            bus.execute("a")
            #expect(moody.calls.count == 3 + index, "just before the end of rest \(index)")
            time.advance(.nanoseconds(1))
            for _ in 0..<5 { bus.execute("a") }
            #expect(moody.calls.count == 4 + index, "after rest \(index)")
        }
    }

    @Test func `a handler that works again has its whole budget and the short rest back`() throws {
        let moody = Moody()
        try moody.attach(bus)
        for _ in 0..<3 { bus.execute("a") }
        time.advance(.seconds(1))
        bus.execute("a")
        time.advance(.seconds(2))
        moody.fails.store(false, ordering: .relaxed)
        bus.execute("a")
        #expect(info?.isQuarantined == false)
        moody.fails.store(true, ordering: .relaxed)
        let before = moody.calls.count
        for _ in 0..<10 { bus.execute("a") }
        #expect(moody.calls.count == before + 3)
        time.advance(.seconds(1))
        bus.execute("a")
        #expect(moody.calls.count == before + 4)
    }

    @Test func `failures that are not in a row spend no budget`() throws {
        let moody = Moody()
        try moody.attach(bus)
        for _ in 0..<5 {
            for fails in [true, true, false] {
                moody.fails.store(fails, ordering: .relaxed)
                bus.execute("a")
            }
        }
        #expect(moody.calls.count == 15)
        #expect(info?.failures == 10)
    }

    @Test func `a handler of failures that fails does not recurse`() throws {
        let calls = Tally()
        try bus.attach("watcher", to: ["telemetry.handler.failure", "a"]) { _ in
            calls.add()
            throw Mishap()
        }
        bus.execute("a")
        #expect(calls.count == 2)
        #expect(bus.handlers().first?.failures == 2)
    }

    @Test func `failures at the same time lead to one rest`() async throws {
        let threads = 8
        let arrived = Tally()
        try bus.attach("moody", to: ["a"]) { _ in
            arrived.add()
            // All are inside before the first one fails.
            while arrived.count < threads {}
            throw Mishap()
        }
        try await inThreads(threads) { [bus] _ in bus.execute("a") }
        #expect(info?.isQuarantined == true)
        time.advance(.seconds(1))
        #expect(info?.isQuarantined == false)
    }
}
