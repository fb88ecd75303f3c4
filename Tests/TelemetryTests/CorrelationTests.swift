import Telemetry
import Testing

struct CorrelationTests {
    private let bus = TelemetryBus()

    @Test func `an event's own id wins over the task's, which wins over none`() async throws {
        let recorder = try EventRecorder(bus, "a")
        bus.execute("a")
        bus.execute("a", correlationID: "own")
        await Correlation.$current.withValue("task") {
            bus.execute("a")
            bus.execute("a", correlationID: "own")
            PreparedEvent(bus, "a", measurements: [], metadata: []).emit([], [])
            await Task { bus.execute("a") }.value
        }
        bus.execute("a")
        #expect(
            recorder.events.map(\.correlationID) == [
                nil, "own", "task", "own", "task", "task", nil,
            ]
        )
    }
}
