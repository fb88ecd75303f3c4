import Logging
import Repo
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct AuditHeadTests {
    private final class Lines: Sendable {
        let told = Mutex<[String]>([])
        var all: [String] { told.withLock { $0 } }
    }

    private struct Capture: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(_ lines: Lines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let words = event.metadata ?? [:]
            lines.told.withLock {
                $0.append(
                    "\(words["seq"].map { "\($0)" } ?? ""):\(words["hash"].map { "\($0)" } ?? "")")
            }
        }
    }

    @Test func `the head is told at once, then once an interval, and last of all`() async throws {
        let directory = try TemporaryDirectory()
        let repo = try Repo(
            settings: .init(path: directory.path("agent.db")), bus: TelemetryBus())
        let store = AuditStore(repo)
        let now = Mutex<Int64>(0)
        let lines = Lines()
        let head = AuditHead(
            store, every: .seconds(60),
            clock: TelemetryClock(monotonic: { now.withLock { $0 } }, system: { 0 }),
            logger: Logger(label: "test") { _ in Capture(lines) })
        func append() async throws -> String? {
            try await store.append([
                AuditEntry(
                    eventType: "x", actor: .init("a", .user), resourceType: "r", action: "do",
                    insertedAt: 1)
            ])?.head.text
        }
        head.tell()
        #expect(lines.all.isEmpty && head.told == nil, "there is nothing to tell")
        let first = try await append()
        head.tell()
        _ = try await append()
        head.tell()
        #expect(lines.all == [first].compactMap(\.self))
        now.withLock { $0 = 60_000_000_000 }
        let third = try await append()
        head.tell()
        head.tell()
        #expect(lines.all == [first, third].compactMap(\.self) && head.told?.text == third)
        let last = try await append()
        head.tell(isLast: true)
        head.tell(isLast: true)
        #expect(lines.all == [first, third, last].compactMap(\.self))
    }
}
