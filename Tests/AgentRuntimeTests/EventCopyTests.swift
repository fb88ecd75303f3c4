import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

/// Keeps what a watch copies.
final class CopyKeeper: EventWatcher, EventSink {
    let copies = Mutex<[EventCopy]>([])

    func sink(for keys: EventKeys) -> (any EventSink)? { self }
    func wants(_ frame: UnsafePointer<EventFrame>) -> Bool { true }
    func take(_ copy: EventCopy) { copies.withLock { $0.append(copy) } }

    var events: [UnpackedEvent] { copies.withLock { $0 }.map { $0.unpacked() } }
}

struct EventCopyTests {
    private let bus = TelemetryBus(clock: TelemetryClock(monotonic: { 0 }, system: { 77 }))
    private let keeper = CopyKeeper()

    init() throws {
        try bus.attach(EventWatch(id: "w", clock: bus.clock, watcher: keeper), to: ["*"])
    }

    @Test func `a copy says what the event said`() {
        bus.execute(
            "a.b", ["n": -5, "r": 2.5],
            ["text": "ü\n", "empty": "", "number": 7, "truth": true, "deep": ["x": ["y": "z"]]],
            correlationID: "c-1")
        let event = keeper.events[0]
        #expect(event.name == "a.b" && event.time == 77 && event.correlationID == "c-1")
        #expect(event.measurements == ["n": -5, "r": 2.5])
        #expect(
            event.metadata
                == ["text": "ü\n", "empty": "", "number": 7, "truth": true, "deep.x.y": "z"])
        #expect(event.text("empty") == nil)
    }

    @Test func `the task's correlation id is taken where the event has none`() {
        Correlation.$current.withValue("of the task") { bus.execute("a") }
        bus.execute("a")
        #expect(keeper.events.map(\.correlationID) == ["of the task", nil])
    }

    @Test func `texts are cut where there is no more room, and say so`() {
        let long = String(repeating: "x", count: 60_000)
        bus.execute("a", ["n": 1], ["one": .string(long), "two": .string(long), "three": "y"])
        let event = keeper.events[0]
        #expect(event.text("one") == long)
        let kept = (64 << 10) - 60_000
        #expect(event.text("two") == String(repeating: "x", count: kept) + "[cut]")
        #expect(event.text("three") == "[cut]" && event.measurements == ["n": 1])
        #expect(keeper.copies.withLock { $0[0].size } < 70_000)
    }

    @Test func `an event of nothing but its name has a copy`() {
        bus.execute("a")
        #expect(keeper.events[0].metadata.isEmpty && keeper.events[0].measurements.isEmpty)
    }
}
