import Synchronization
import Telemetry
import TestSupport
import Testing

struct ConcurrencyTests {
    @Test func `no event is lost while handlers come and go`() async throws {
        let bus = TelemetryBus()
        let permanent = Tally()
        try bus.attach("permanent", to: ["a.*"]) { event in
            #expect(
                event.measurement("n")
                    == event.metadata("k").flatMap(Int.init).map { Measurement($0) })
            permanent.add()
        }
        let emitters = 4
        let each = 3_000
        let running = Atomic<Int>(emitters)
        // One bound event for all threads: they resolve it again at the same time.
        let event = PreparedEvent(bus, "a.b", measurements: ["n"], metadata: ["k"])
        let shared = event.bind(["5"])
        try await inThreads(emitters + 2) { number in
            if number < emitters {
                defer { running.wrappingSubtract(1, ordering: .releasing) }
                for index in 0..<each {
                    switch index % 4 {
                    case 0:
                        bus.execute("a.b", ["n": Measurement(index)], ["k": .integer(Int64(index))])
                    case 1: event.emit([Measurement(index)], ["\(index)"])
                    case 2: shared.emit([5])
                    default:
                        try bus.execute(
                            EventName("a.c\(index % 50)"), ["n": Measurement(index)],
                            ["k": .string("\(index)")])
                    }
                }
            } else {
                var round = 0
                while running.load(ordering: .acquiring) > 0 {
                    let id = "guest-\(number)-\(round)"
                    try bus.attach(id, to: round % 2 == 0 ? ["a.b"] : ["a.*", "b"]) { _ in }
                    #expect(bus.handlers(prefix: "a.b").count >= 2)
                    #expect(bus.detach(id))
                    round += 1
                }
            }
        }
        #expect(permanent.count == emitters * each)
        #expect(bus.handlers().map(\.id) == ["permanent"])
    }

    @Test func `an id attached by many threads at once is attached once`() async throws {
        let bus = TelemetryBus()
        let attached = Tally()
        let refused = Tally()
        try await inThreads(8) { _ in
            do {
                try bus.attach("h", to: ["a"]) { _ in }
                attached.add()
            } catch { refused.add() }
        }
        #expect(attached.count == 1)
        #expect(refused.count == 7)
    }
}
