import Logging
import Redaction
import Repo
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct ScheduledRunsTests {
    private let directory: TemporaryDirectory
    private let store: AuditStore
    private let audit: AuditLog
    private let now = Clock()

    private final class Clock: Sendable {
        let time = Atomic<Int64>(0)
        func advance(_ seconds: Int64) { time.add(seconds * 1_000_000_000, ordering: .relaxed) }
    }

    init() throws {
        directory = try TemporaryDirectory()
        store = AuditStore(
            try Repo(settings: .init(path: directory.path("agent.db")), bus: TelemetryBus()))
        audit = AuditLog(
            store, redactor: CurrentRedactor(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func scheduled(every interval: Duration) -> ScheduledRuns {
        let now = now
        return ScheduledRuns(
            audit, interval: interval,
            clock: TelemetryClock(
                monotonic: { now.time.load(ordering: .relaxed) }, system: { 1_000_000 }))
    }

    private static func run(_ schedule: String, isRefused: Bool = false) -> Run {
        var run = Run(
            deviceID: "box", protocolName: "local", site: "lab", command: ["uptime"],
            requestedBy: "schedule:\(schedule)", createdAt: 1)
        if isRefused { run.status = .error }
        return run
    }

    private func entries() async throws -> [AuditEntry] {
        await audit.flush()
        return try await store.records(limit: 1000).reversed().map(\.entry)
    }

    @Test func `the first run is an entry, and those of an interval are one more`() async throws {
        let scheduled = scheduled(every: .seconds(3600))
        let runs = (0..<1800).map { Self.run("load", isRefused: $0 % 10 == 9) }
        for run in runs { scheduled.note(run) }
        scheduled.note(Self.run("other"))
        scheduled.flush()
        #expect(try await entries().map(\.eventType) == ["run.started", "run.started"])
        now.advance(3600)
        scheduled.flush()
        let found = try await entries()
        #expect(found.count == 3)
        let summary = try #require(found.last)
        #expect(summary.eventType == "schedule.runs" && summary.resourceType == "schedule")
        #expect(summary.resourceID == "load" && summary.actor == .init("schedule:load", .system))
        #expect(summary.details.contains(#""count":1799"#))
        #expect(summary.details.contains(#""refused":180"#))
        #expect(summary.details.contains(runs[1].id.text))
        #expect(summary.details.contains(runs[1799].id.text))
    }

    @Test func `a schedule that goes on has one entry an interval, one that runs seldom each run`()
        async throws
    {
        let scheduled = scheduled(every: .seconds(60))
        for _ in 0..<5 {
            for _ in 0..<10 { scheduled.note(Self.run("load")) }
            now.advance(60)
            scheduled.flush()
        }
        #expect(try await entries().count == 6)
        for _ in 0..<3 {
            scheduled.note(Self.run("nightly"))
            now.advance(86_400)
            scheduled.flush()
        }
        let nightly = try await entries().filter { $0.actor.id == "schedule:nightly" }
        #expect(nightly.map(\.eventType) == ["run.started", "run.started", "run.started"])
    }

    @Test func `at the stop what was counted is told; without an interval each run is`()
        async throws
    {
        let counting = scheduled(every: .seconds(3600))
        for _ in 0..<3 { counting.note(Self.run("load")) }
        counting.flush(all: true)
        #expect(try await entries().map(\.eventType) == ["run.started", "schedule.runs"])
        let telling = scheduled(every: .zero)
        for _ in 0..<3 { telling.note(Self.run("all")) }
        #expect(try await entries().count == 5)
    }
}
