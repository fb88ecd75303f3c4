import Synchronization
import Telemetry
import TestSupport
import Testing

struct TelemetryBusTests {
    private let bus = TelemetryBus()

    @Test func `an event reaches exactly the handlers of its name`() throws {
        let one = try EventRecorder(bus, "a.b")
        let two = try EventRecorder(bus, "a.*")
        let both = try EventRecorder(bus, "x", "a.b")
        let all = try EventRecorder(bus, "*")
        for name: EventName in ["a.b", "a.c", "ab.c", "a", "x"] { bus.execute(name) }
        #expect(one.events.map(\.name) == ["a.b"])
        #expect(two.events.map(\.name) == ["a.b", "a.c"])
        #expect(both.events.map(\.name) == ["a.b", "x"])
        #expect(all.events.map(\.name) == ["a.b", "a.c", "ab.c", "a", "x"])
    }

    @Test func `a handler whose patterns overlap gets an event once`() throws {
        let recorder = try EventRecorder(bus, "a.b", "a.*", "*")
        bus.execute("a.b")
        #expect(recorder.events.count == 1)
    }

    @Test func `an event that is only watched is seen, and counts as unwanted all the same`() throws
    {
        final class Watcher: EventConsumer {
            let id = "watcher"
            let seen = Tally()
            var isObserver: Bool { true }
            let calls = ConsumerCalls(consume: { watcher, _, _ in
                Unmanaged<Watcher>.fromOpaque(watcher).takeUnretainedValue().seen.add()
            })
            func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
                UnsafeRawPointer(bitPattern: 8)
            }
            func release(plan: UnsafeRawPointer) {}
        }
        func emit(_ name: StaticString) -> EmitOutcome {
            var builder = EventBuilder(bus: bus)
            builder.begin(MetadataText(start: name.utf8Start, count: name.utf8CodeUnitCount))
            return builder.emit()
        }
        let watcher = Watcher()
        try bus.attach(watcher, to: ["*"])
        let handler = try EventRecorder(bus, "handled")
        for stages in [
            EventPipeline(), .init(rateLimits: [.init(events: .all, perSecond: 1e9, burst: 9)]),
        ] {
            bus.setPipeline(stages)
            #expect(emit("watched") == .unwanted)
            #expect(emit("handled") == .applied)
        }
        #expect(watcher.seen.count == 4 && handler.events.count == 2)
        bus.detach(watcher.id)
        #expect(emit("watched") == .unwanted && watcher.seen.count == 4)
    }

    @Test func `an id is attached once`() throws {
        let calls = Tally()
        try bus.attach("h", to: ["a"]) { _ in calls.add() }
        #expect(throws: AttachError.duplicateID("h")) {
            try bus.attach("h", to: ["b"]) { _ in calls.add() }
        }
        bus.execute("a")
        bus.execute("b")
        #expect(calls.count == 1)
    }

    @Test func `a handler needs an event`() {
        #expect(throws: AttachError.noEvents("h")) { try bus.attach("h", to: []) { _ in } }
        #expect(bus.handlers().isEmpty)
    }

    @Test func `detaching ends all events of a handler, and frees its id`() throws {
        let calls = Tally()
        try bus.attach("h", to: ["a", "b.*"]) { _ in calls.add() }
        bus.execute("a")
        bus.execute("b.c")
        #expect(bus.detach("h"))
        bus.execute("a")
        bus.execute("b.c")
        bus.execute("b.d")
        #expect(calls.count == 2)
        #expect(!bus.detach("h"))
        try bus.attach("h", to: ["a"]) { _ in calls.add() }
        bus.execute("a")
        #expect(calls.count == 3)
    }

    @Test(arguments: [
        ("", ["all", "below", "deep", "exact"]), ("a", ["all", "below", "deep", "exact"]),
        ("a.b", ["all", "below", "deep", "exact"]), ("a.b.c", ["all", "below", "deep"]),
        ("x", ["all"]), ("a.x", ["all", "below"]),
    ])
    func `handlers are listed by prefix`(_ prefix: String, _ expected: [String]) throws {
        try bus.attach("exact", to: ["a.b"]) { _ in }
        try bus.attach("below", to: ["a.*"]) { _ in }
        try bus.attach("deep", to: ["a.b.c.d", "a.b.c.e"]) { _ in }
        try bus.attach("all", to: ["*"]) { _ in }
        #expect(bus.handlers(prefix: prefix).map(\.id).sorted() == expected)
    }

    @Test func `an event that nobody wanted is delivered once somebody does`() throws {
        for _ in 0..<3 { bus.execute("late.event", ["n": 1], ["k": "v"]) }
        let recorder = try EventRecorder(bus, "late.*")
        bus.execute("late.event", ["n": 1], ["k": "v"])
        #expect(recorder.events.count == 1)
    }

    // MARK: From inside a handler

    @Test func `a handler may execute events`() throws {
        let recorder = try EventRecorder(bus, "inner")
        try bus.attach("outer", to: ["outer"]) { [bus] event in
            // The inner event takes memory of its own: the outer one stays as it was.
            bus.execute("inner", ["n": 2], ["k": .string(event.metadata("k") ?? "")])
            bus.execute("inner", ["n": event.measurement("n") ?? 0], event.metadata)
        }
        bus.execute("outer", ["n": 1], ["k": "v"])
        // It holds the bus that holds it.
        bus.detach("outer")
        #expect(recorder.events.map(\.measurements) == [["n": 2], ["n": 1]])
        #expect(recorder.events.map(\.metadata) == [["k": "v"], ["k": "v"]])
    }

    @Test func `a handler may attach, detach others and detach itself`() throws {
        let later = Tally()
        let once = Tally()
        try bus.attach("once", to: ["a"]) { [bus] _ in
            once.add()
            bus.detach("once")
            bus.detach("victim")
            try bus.attach("later", to: ["a"]) { _ in later.add() }
        }
        try bus.attach("victim", to: ["b"]) { _ in Issue.record("was detached") }
        for _ in 0..<3 { bus.execute("a") }
        bus.execute("b")
        #expect(once.count == 1)
        // Attached during the first event; whether that one reached it is not promised.
        #expect((2...3).contains(later.count))
        #expect(bus.handlers().map(\.id) == ["later"])
    }

    @Test func `a handler may hold the last reference to what detaches itself`() throws {
        var recorder: EventRecorder? = try EventRecorder(bus, "a")
        try bus.attach("holder", to: ["b"]) { [recorder] _ in _ = recorder?.events.count }
        recorder = nil
        bus.detach("holder")
        #expect(bus.handlers().isEmpty)
    }

    @Test func `what a handler holds is freed after it was detached`() async throws {
        final class Held: Sendable {}
        weak var watched: Held?
        do {
            let held = Held()
            watched = held
            try bus.attach("h", to: ["a"]) { [held] _ in _ = held }
        }
        bus.execute("a")
        #expect(watched != nil)
        bus.detach("h")
        // Other tests may be inside sections at this moment.
        try await waitUntil("what the handler held to be freed") {
            ReadSection.collect()
            return watched == nil
        }
    }

    @Test func `two buses know nothing of each other`() throws {
        let other = TelemetryBus()
        let recorder = try EventRecorder(bus, "a")
        let elsewhere = try EventRecorder(other, "a")
        for _ in 0..<2 {
            bus.execute("a", ["n": 1])
            other.execute("a", ["n": 2])
        }
        #expect(recorder.events.map(\.measurements) == [["n": 1], ["n": 1]])
        #expect(elsewhere.events.map(\.measurements) == [["n": 2], ["n": 2]])
    }
}

extension TelemetryBusTests {
    @Test func `measurements and metadata that nobody wants are not made`() throws {
        let bus = TelemetryBus()
        let made = Mutex(0)
        func measurements() -> Measurements {
            made.withLock { $0 += 1 }
            return ["count": 1]
        }
        // The first event finds out that nobody listens.
        for _ in 0..<3 { bus.execute("shop.order", measurements()) }
        #expect(made.withLock { $0 } == 1)

        let prepared = PreparedEvent(bus, "shop.cart", measurements: ["count"], metadata: [])
        prepared.emit([1], [])
        bus.execute("shop.cart", measurements())
        #expect(made.withLock { $0 } == 1)

        let recorder = try EventRecorder(bus, "shop.*")
        bus.execute("shop.order", measurements())
        #expect(recorder.events.count == 1)
        #expect(made.withLock { $0 } == 2)
    }
}
