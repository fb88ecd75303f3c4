import Testing

@testable import AgentRuntime

struct FigureRecorderTests {
    private func reading(_ second: Int, cpu: Int64 = 0, created: Int = 0) -> FigureRecorder.Reading
    {
        var reading = FigureRecorder.Reading(
            at: Int64(second) * 1_000_000_000, monotonic: Int64(second) * 1_000_000_000)
        reading.process.cpuTime = cpu
        reading.created = created
        return reading
    }

    @Test func `rates are of the time between two readings`() {
        var recorder = FigureRecorder()
        let first = recorder.take(reading(10))
        #expect(first == nil)
        let figures = recorder.take(reading(12, cpu: 500_000_000, created: 6))
        #expect(figures?.cpu == 0.25 && figures?.runs.started == 3)
    }

    @Test func `after a pause nothing is said of the time nobody looked`() {
        var recorder = FigureRecorder()
        _ = recorder.take(reading(1))
        recorder.pause()
        let first = recorder.take(reading(100, created: 99))
        let second = recorder.take(reading(101, created: 100))
        #expect(first == nil && second?.runs.started == 1)
    }

    @Test func `a clock that stands still makes no figures`() {
        var recorder = FigureRecorder()
        _ = recorder.take(reading(1))
        let again = recorder.take(reading(1))
        #expect(again == nil)
    }

    @Test func `only the last minutes are kept`() {
        var recorder = FigureRecorder()
        for second in 0..<400 { _ = recorder.take(reading(second)) }
        #expect(recorder.history.count == FigureRecorder.kept)
        #expect(recorder.history.last?.at == 399_000_000_000)
    }
}
