import Telemetry
import Testing

struct PreparedEventTests {
    private let bus = TelemetryBus()

    @Test func `all forms deliver the same event`() throws {
        let recorder = try EventRecorder(bus, "job.stop")
        bus.execute(
            "job.stop", ["duration": 12, "load": 0.5], ["site": "chi\"1", "empty": "", "é": "日本"])
        let prepared = PreparedEvent(
            bus, "job.stop", measurements: ["duration", "load"], metadata: ["site", "empty", "é"])
        prepared.emit([12, .real(0.5)], ["chi\"1", "", "日本"])
        prepared.bind(["chi\"1", "", "日本"]).emit([12, .real(0.5)])
        #expect(recorder.events.count == 3)
        #expect(Set(recorder.events).count == 1)
    }

    @Test func `values are not even made where nobody listens`() throws {
        let event = PreparedEvent(bus, "a", measurements: ["n"], metadata: ["k"])
        let made = Tally()
        func number() -> InlineArray<1, Measurement> {
            made.add()
            return [1]
        }
        func text() -> InlineArray<1, String> {
            made.add()
            return ["v"]
        }
        // The first event finds out that nobody wants it.
        event.emit(number(), text())
        let before = made.count
        for _ in 0..<10 { event.emit(number(), text()) }
        #expect(made.count == before)

        let recorder = try EventRecorder(bus, "a")
        event.emit(number(), text())
        #expect(recorder.events.map(\.metadata) == [["k": "v"]])
        #expect(made.count == before + 2)
    }

    @Test func `a bound event follows handlers that come and go`() throws {
        let bound = PreparedEvent(bus, "a", measurements: ["n"], metadata: ["k"]).bind(["v"])
        bound.emit([1])
        let first = try EventRecorder(bus, "a")
        bound.emit([2])
        var second: EventRecorder? = try EventRecorder(bus, "a")
        bound.emit([3])
        #expect(second?.events.map(\.measurements) == [["n": 3]])
        second = nil
        bound.emit([4])
        #expect(first.events.map(\.measurements) == [["n": 2], ["n": 3], ["n": 4]])
    }

    @Test func `an event may have no keys at all`() throws {
        let recorder = try EventRecorder(bus, "a")
        let event = PreparedEvent(bus, "a", measurements: [], metadata: [])
        event.emit([], [])
        event.bind([]).emit([])
        #expect(recorder.events.count == 2)
        #expect(recorder.events.allSatisfy { $0.measurements.isEmpty && $0.metadata.isEmpty })
    }

    @Test func `more keys than an event may have stop the program`() async {
        await #expect(processExitsWith: .failure) {
            let keys = InlineArray<129, String> { "k\($0)" }
            _ = PreparedEvent(TelemetryBus(), "a", measurements: [], metadata: keys)
        }
    }
}
