import Synchronization
import Telemetry
import TestSupport
import Testing

struct HandlerWatchTests {
    private let time = ManualClock()
    /// How often the clock was read.
    private let reads = Tally()
    private let bus: TelemetryBus

    init() {
        let (time, reads) = (time.clock, reads)
        bus = TelemetryBus(
            clock: TelemetryClock(
                monotonic: {
                    reads.add()
                    return time.monotonic()
                }, system: time.system))
    }

    /// A handler that takes so long.
    private func attach(_ id: String, to events: EventPattern, takes duration: Duration) throws {
        try bus.attach(id, to: [events]) { [time] _ in time.advance(duration) }
    }

    private func loads(_ watch: HandlerWatch) -> [String: [Int]] {
        Dictionary(
            uniqueKeysWithValues: watch.take().map { ($0.id, [$0.calls, Int($0.nanoseconds)]) })
    }

    @Test func `handlers cost what they take, each under its name, from look to look`() throws {
        try attach("slow", to: "a.*", takes: .microseconds(5))
        try attach("quick", to: "*", takes: .nanoseconds(20))
        let watch = HandlerWatch(bus)
        #expect(loads(watch).isEmpty)
        for _ in 0..<10 { bus.execute("a.b") }
        bus.execute("b")
        #expect(loads(watch) == ["slow": [10, 50_000], "quick": [11, 220]])
        #expect(loads(watch) == ["slow": [0, 0], "quick": [0, 0]])
        bus.execute("b")
        #expect(loads(watch) == ["slow": [0, 0], "quick": [1, 20]])
    }

    @Test func `of many calls some are timed, and stand for the others`() throws {
        try attach("h", to: "a", takes: .microseconds(1))
        let watch = HandlerWatch(bus)
        let before = reads.count
        for _ in 0..<64 + 6100 { bus.execute("a") }
        #expect((reads.count - before) / 2 - 64 == 100)
        #expect(loads(watch) == ["h": [6164, 6_164_000]])
    }

    @Test func `what the clock itself takes is not the handler's`() throws {
        // Each reading takes 100 ns.
        let time = time
        let bus = TelemetryBus(
            clock: TelemetryClock(
                monotonic: {
                    time.advance(.nanoseconds(100))
                    return time.clock.monotonic()
                }, system: time.clock.system))
        try bus.attach("h", to: ["a"]) { _ in time.advance(.nanoseconds(30)) }
        let watch = HandlerWatch(bus)
        for _ in 0..<3 { bus.execute("a") }
        #expect(watch.take().map(\.nanoseconds) == [90])
    }

    @Test func `while nobody watches no clock is read`() throws {
        try attach("h", to: "a", takes: .microseconds(1))
        func readings() -> Int {
            let before = reads.count
            bus.execute("a")
            return reads.count - before
        }
        #expect(readings() == 0)
        var one: HandlerWatch? = HandlerWatch(bus)
        var other: HandlerWatch? = HandlerWatch(bus)
        #expect(readings() == 2)
        #expect(one.map(loads) == ["h": [1, 1000]])
        one = nil
        #expect(readings() == 2)
        #expect(other.map(loads) == ["h": [2, 2000]])
        other = nil
        #expect(readings() == 0)
    }

    @Test func `another handler of the same name begins anew`() throws {
        try attach("h", to: "a", takes: .microseconds(1))
        let watch = HandlerWatch(bus)
        for _ in 0..<5 { bus.execute("a") }
        #expect(loads(watch) == ["h": [5, 5000]])
        bus.detach("h")
        try attach("h", to: "a", takes: .microseconds(3))
        for _ in 0..<2 { bus.execute("a") }
        #expect(loads(watch) == ["h": [2, 6000]])
        bus.detach("h")
        #expect(loads(watch).isEmpty)
    }

    @Test func `the stages in front of handlers are a row of their own`() throws {
        struct Slow: MetadataRedactor {
            let time: ManualClock
            func hides(key: String) -> Bool { false }
            func redacted(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
                time.advance(.microseconds(2))
                return nil
            }
        }
        try attach("h", to: "a", takes: .microseconds(1))
        bus.setPipeline(
            EventPipeline(redactions: [.init(events: .all, redactor: Slow(time: time))]))
        let event = PreparedEvent(bus, "a", measurements: ["n"], metadata: ["text"])
        let watch = HandlerWatch(bus)
        for _ in 0..<64 { event.emit([1], ["x"]) }
        #expect(loads(watch) == ["h": [64, 64_000], "pipeline": [64, 128_000]])
        for _ in 0..<3 { event.bind(["x"]).emit([1]) }
        #expect(loads(watch) == ["h": [3, 3000], "pipeline": [3, 6000]])
        // The pipeline times one in 64, and none of these: they count as all before them.
        for _ in 0..<3 { event.emit([1], ["x"]) }
        #expect(loads(watch) == ["h": [3, 3000], "pipeline": [3, 6000]])
    }

    @Test func `an event that is only watched stays unwanted while handlers are timed`() throws {
        final class Watcher: EventConsumer {
            let id = "watcher"
            var isObserver: Bool { true }
            let calls = ConsumerCalls(consume: { _, _, _ in })
            func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
                UnsafeRawPointer(bitPattern: 8)
            }
            func release(plan: UnsafeRawPointer) {}
        }
        try bus.attach(Watcher(), to: ["*"])
        let watch = HandlerWatch(bus)
        var builder = EventBuilder(bus: bus)
        let name: StaticString = "a"
        builder.begin(MetadataText(start: name.utf8Start, count: name.utf8CodeUnitCount))
        #expect(builder.emit() == .unwanted)
        #expect(loads(watch) == ["watcher": [1, 0]])
    }

    @Test func `events are handled once each while watches come and go`() async throws {
        let bus = TelemetryBus()
        let handled = Tally()
        try bus.attach("count", to: ["a.b"]) { _ in handled.add() }
        let event = PreparedEvent(bus, "a.b", measurements: ["n"], metadata: ["key"])
        let bound = event.bind(["x"])
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask { @concurrent in
                    for _ in 0..<2000 {
                        bus.execute("a.b", ["n": 1])
                        event.emit([1], ["y"])
                        bound.emit([1])
                    }
                }
            }
            group.addTask { @concurrent in
                for _ in 0..<200 {
                    let watch = HandlerWatch(bus)
                    #expect(watch.take().allSatisfy { $0.calls >= 0 && $0.nanoseconds >= 0 })
                }
            }
        }
        #expect(handled.count == 18_000)
    }
}
