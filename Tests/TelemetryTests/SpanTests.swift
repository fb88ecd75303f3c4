import Telemetry
import TestSupport
import Testing

struct SpanTests {
    private let time = ManualClock()
    private let bus: TelemetryBus
    private let recorder: EventRecorder

    init() throws {
        bus = TelemetryBus(clock: time.clock)
        recorder = try EventRecorder(bus, "job.*")
    }

    @Test func `a span emits start and stop around its body`() throws {
        let value = bus.span("job", ["site": "x", "phase": "one"]) {
            time.advance(.nanoseconds(250))
            return SpanResult(
                7, measurements: ["bytes": 5, "duration": 1],
                metadata: ["phase": "two", "status": "ok", "span_id": "forged"])
        }
        #expect(value == 7)
        let events = recorder.events
        #expect(events.map(\.name) == ["job.start", "job.stop"])
        let id = try #require(events.first?.metadata["span_id"])
        #expect(
            events.first?.measurements
                == ["system_time": 1_700_000_000_000_001_000, "monotonic_time": 1_000])
        #expect(events.first?.metadata == ["site": "x", "phase": "one", "span_id": id])
        #expect(
            events.last?.measurements == ["bytes": 5, "duration": 250, "monotonic_time": 1_250])
        #expect(
            events.last?.metadata
                == ["site": "x", "phase": "two", "status": "ok", "span_id": id])
    }

    @Test func `a body that throws ends its span with an exception, and the error goes on`() throws
    {
        // Typed: this would not compile if the span widened the error.
        func run() throws(Mishap) -> Int {
            try bus.span("job", ["site": "x"]) { () throws(Mishap) -> SpanResult<Int> in
                time.advance(.nanoseconds(40))
                throw Mishap()
            }
        }
        #expect(throws: Mishap.self) { try run() }
        #expect(recorder.events.map(\.name) == ["job.start", "job.exception"])
        let id = try #require(recorder.events.first?.metadata["span_id"])
        #expect(
            recorder.events.last?.measurements == ["duration": 40, "monotonic_time": 1_040])
        #expect(
            recorder.events.last?.metadata
                == ["site": "x", "kind": "Mishap", "reason": "it went wrong", "span_id": id])
    }

    @Test func `asynchronous work is spanned the same way`() async throws {
        let value = await bus.span("job") {
            await Task.yield()
            time.advance(.nanoseconds(9))
            return SpanResult("done")
        }
        #expect(value == "done")
        await #expect(throws: CancellationError.self) {
            try await bus.span("job") { () async throws -> SpanResult<Int> in
                await Task.yield()
                throw CancellationError()
            }
        }
        #expect(
            recorder.events.map(\.name) == ["job.start", "job.stop", "job.start", "job.exception"])
        #expect(recorder.events[1].measurements["duration"] == 9)
        #expect(recorder.events[3].metadata["kind"] == "CancellationError")
    }

    @Test func `each span has an id of its own`() {
        for _ in 0..<3 { bus.span("job") { SpanResult(()) } }
        #expect(Set(recorder.events.map { $0.metadata["span_id"] }).count == 3)
    }

    @Test func `a prefix that leaves no room for the last word stops nothing`() throws {
        let prefix = try EventName(String(repeating: "x", count: 255))
        #expect(bus.span(prefix) { SpanResult(1) } == 1)
    }
}
