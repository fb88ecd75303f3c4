import Telemetry
import Testing

@testable import AgentRuntime

struct EventInboxTests {
    private let bus = TelemetryBus()

    private func attach(_ inbox: EventInbox) throws {
        try bus.attach(EventWatch(id: "w", clock: bus.clock, watcher: inbox), to: ["*"])
    }

    private func emit(_ numbers: Range<Int>, padding: Int = 0) {
        let text = String(repeating: "x", count: padding)
        for number in numbers {
            bus.execute("a", ["n": .integer(Int64(number))], ["text": .string(text)])
        }
    }

    private func numbers(_ batch: EventInbox.Batch?) -> [Measurement] {
        (batch?.events ?? []).compactMap { $0.unpacked().measurements["n"] }
    }

    @Test func `a reader that does not keep up loses the oldest, and is told how many`()
        async throws
    {
        let inbox = EventInbox(maximumEvents: 4)
        try attach(inbox)
        emit(0..<3)
        let first = await inbox.next()
        #expect(numbers(first) == [0, 1, 2] && first?.lost == 0)
        emit(3..<13)
        let second = await inbox.next()
        #expect(numbers(second) == [9, 10, 11, 12] && second?.lost == 6)
        emit(13..<14)
        #expect(await inbox.next()?.lost == 0)
    }

    @Test func `large events are lost sooner, but the newest never`() async throws {
        let inbox = EventInbox(maximumEvents: 1000, maximumBytes: 10_000)
        try attach(inbox)
        emit(0..<10, padding: 3000)
        let batch = await inbox.next()
        #expect(numbers(batch) == [7, 8, 9] && batch?.lost == 7)
        emit(10..<12, padding: 30_000)
        #expect(numbers(await inbox.next()) == [11])
    }

    @Test func `a reader waits for events, and ends with its inbox or its task`() async throws {
        let inbox = EventInbox()
        try attach(inbox)
        async let waiting = inbox.next()
        emit(0..<1)
        #expect(numbers(await waiting).count == 1)
        emit(1..<2)
        inbox.close()
        emit(2..<3)
        #expect(numbers(await inbox.next()) == [1])
        #expect(await inbox.next() == nil)
        let other = EventInbox()
        let task = Task { await other.next() == nil }
        task.cancel()
        #expect(await task.value)
    }
}
