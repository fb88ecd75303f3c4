import Repo
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct HealthFigureTests {
    @Test func `the share of errors looks as far back as its window`() {
        var window = ErrorWindow(length: .nanoseconds(100), minimumCount: 4)
        #expect(window.share(failed: 0, of: 0, at: 0) == nil)
        #expect(window.share(failed: 2, of: 3, at: 50) == nil)
        #expect(window.share(failed: 2, of: 4, at: 60) == 0.5)
        #expect(window.share(failed: 2, of: 14, at: 155) == 0)
        #expect(window.share(failed: 10, of: 22, at: 160) == 8.0 / 18)
        #expect(window.share(failed: 10, of: 22, at: 500) == nil)
    }

    @Test func `a window that changes looks as far back as it then does`() {
        var window = ErrorWindow(length: .nanoseconds(1000), minimumCount: 4)
        #expect(window.share(failed: 0, of: 0, at: 0) == nil)
        #expect(window.share(failed: 3, of: 3, at: 100) == nil)
        window.use(length: .nanoseconds(1000), minimumCount: 3)
        #expect(window.share(failed: 3, of: 3, at: 200) == 1)
        window.use(length: .nanoseconds(100), minimumCount: 3)
        #expect(window.share(failed: 3, of: 9, at: 250) == 0)
    }

    @Test func `a window keeps no more than it needs, however often it is asked`() {
        var window = ErrorWindow(length: .seconds(1), minimumCount: 1)
        for index in 1...10_000 {
            _ = window.share(failed: 0, of: index, at: Int64(index))
        }
        #expect(window.share(failed: 1000, of: 11_000, at: 10_001) ?? 0 > 0.19)
    }

    @Test func `what does not answer counts with the time it has taken so far`() async throws {
        let now = Mutex<Int64>(0)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let timer = ResponseTimer(
            clock: TelemetryClock(monotonic: { now.withLock { $0 } }, system: { 0 })
        ) {
            for await _ in gate { return }
        }
        #expect(timer.measure().time == nil)
        now.withLock { $0 = 70 }
        #expect(timer.measure().time == 70)
        open.yield()
        try await waitUntil("an answer") {
            let time = now.withLock { now in
                now += 1
                return now
            }
            return timer.measure().time ?? time < time
        }
        open.finish()
    }

    @Test func `why a question failed is kept until one is answered`() async throws {
        let isIll = Mutex(true)
        let timer = ResponseTimer(clock: .machine) {
            if isIll.withLock({ $0 }) { throw RepoError.closed }
        }
        try await waitUntil("a failure") { timer.measure().failure != nil }
        isIll.withLock { $0 = false }
        try await waitUntil("an answer") { timer.measure().failure == nil }
    }

    @Test func `a run that was canceled or not let in says nothing of whether runs work`() {
        let outcomes = RunOutcomes()
        let ends: [(RunStatus, String?)] = [
            (.pending, nil), (.running, nil), (.ok, nil), (.canceled, nil), (.timeout, nil),
            (.error, "exit_code"), (.error, "quota_exceeded:site"),
        ]
        for (status, reason) in ends { outcomes.note(status, reason: reason) }
        #expect(outcomes.totals == (ended: 3, failed: 2))
    }

    @Test func `the room on a file system is told where there is one`() throws {
        let directory = try TemporaryDirectory()
        #expect(try #require(DiskSpace.free(at: directory.path)) > 0)
        #expect(DiskSpace.free(at: directory.path("nothing")) == nil)
    }
}
