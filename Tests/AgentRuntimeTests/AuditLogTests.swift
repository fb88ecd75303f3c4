import Glibc
import Logging
import Redaction
import Repo
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentRuntime

struct AuditLogTests {
    private let directory: TemporaryDirectory
    private let repo: Repo
    private let store: AuditStore

    init() throws {
        directory = try TemporaryDirectory()
        repo = try Repo(
            settings: .init(
                path: directory.path("agent.db"), busyTimeout: .milliseconds(50)),
            bus: TelemetryBus())
        store = AuditStore(repo)
    }

    private func log(room: Int = 8192, logger: Logger = quietLogger) -> AuditLog {
        AuditLog(
            store, redactor: CurrentRedactor(), logger: logger, room: room,
            firstDelay: .milliseconds(20))
    }

    private static let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func note(_ number: Int) -> AuditNote {
        AuditNote(.runStarted, "start", "run", "r\(number)", by: .named("ann"))
    }

    @Test func `what is recorded by many at once is stored whole, in the order of each`()
        async throws
    {
        let log = log()
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<100 { log.record(Self.note(task * 1000 + number)) }
                }
            }
        }
        await log.flush()
        let records = try await store.records(limit: 1000).reversed()
        #expect(records.count == 800)
        for task in 0..<8 {
            let own = records.compactMap { $0.entry.resourceID.flatMap { Int($0.dropFirst()) } }
                .filter { $0 / 1000 == task }
            #expect(own == (0..<100).map { task * 1000 + $0 })
        }
        #expect(try await store.verify().isIntact)
    }

    @Test func `secrets are taken out of everything a caller can write`() async throws {
        let log = log()
        let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
        log.record(
            AuditNote(
                .runStarted, "start", "run", secret, by: .named("x \(secret)"),
                details: [
                    "command": ["curl", .string("https://u:hunter22@example.com/")],
                    "password": "swordfish", "nested": ["token": "abcdef"],
                ], correlationID: secret,
                origin: RequestOrigin(clientIP: "::1", userAgent: secret)))
        await log.flush()
        let record = try #require(try await store.records().first)
        let text = "\(record)"
        for hidden in [secret, "hunter22", "swordfish", "abcdef"] {
            #expect(!text.contains(hidden), "\(hidden)")
        }
        #expect(record.entry.details.contains("curl"))
    }

    @Test func `what is too long is cut`() async throws {
        let log = log()
        let long = String(repeating: "x ", count: 50)
        log.record(
            AuditNote(
                .runStarted, "start", "run", String(repeating: "i", count: 9000),
                details: ["a": .array(Array(repeating: .string(long), count: 900))]))
        await log.flush()
        let entry = try #require(try await store.records().first).entry
        #expect((entry.resourceID?.utf8.count ?? 0) < 600)
        #expect(entry.details.utf8.count < 32 << 10 && entry.details.hasPrefix(#"{"cut":""#))
    }

    @Test func `a log that takes nothing says so, and whether waiting helps`() async throws {
        let log = log()
        let path = directory.path("agent.db")
        log.record(Self.note(0))
        await log.flush()
        #expect(log.status == AuditLog.Status())
        _ = try await ChildProcess.run(
            "sqlite3", [path, "ALTER TABLE audit_entries RENAME TO gone"])
        log.record(Self.note(1))
        try await waitUntil("a failure") { log.status.isLasting }
        #expect(log.status.waiting == 1 && log.status.failure?.contains("audit_entries") == true)
        _ = try await ChildProcess.run(
            "sqlite3", [path, "ALTER TABLE gone RENAME TO audit_entries"])
        await log.flush()
        #expect(log.status == AuditLog.Status())
        #expect(try await store.records().count == 2)
    }

    @Test func `an end that somebody changed is an entry, and stays told`() async throws {
        let log = log()
        for number in 0..<3 { log.record(Self.note(number)) }
        await log.flush()
        _ = try await ChildProcess.run(
            "sqlite3",
            [
                directory.path("agent.db"),
                "DROP TRIGGER audit_keeps_all; DELETE FROM audit_entries WHERE seq = 3",
            ])
        log.record(Self.note(3))
        await log.flush()
        #expect(
            log.status.alterations == 1 && log.status.alteration?.contains("left at 3:") == true)
        let records = try await store.records()
        #expect(records.first?.entry.eventType == "audit.altered")
        #expect(records.map(\.seq) == [5, 4, 2, 1])
    }

    @Test func `entries wait while the store fails, then are stored`() async throws {
        let log = log()
        let neighbour = try ChildProcess(
            "sqlite3", [directory.path("agent.db")],
            input: Array("BEGIN IMMEDIATE;\n.print locked\n.shell sleep 600\n".utf8))
        _ = try await neighbour.waitForLine(containing: "locked", in: .output)
        for number in 0..<300 { log.record(Self.note(number)) }
        #expect(try await store.records().isEmpty)
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        await log.flush()
        let stored = try await store.records(limit: 1000).reversed().map(\.entry.resourceID)
        #expect(stored == (0..<300).map { "r\($0)" })
    }

    @Test func `entries beyond the room are in the log, and an entry says how many`() async throws {
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in
            Capture { line in lines.withLock { $0.append(line) } }
        }
        let log = log(room: 10, logger: logger)
        let neighbour = try ChildProcess(
            "sqlite3", [directory.path("agent.db")],
            input: Array("BEGIN IMMEDIATE;\n.print locked\n.shell sleep 600\n".utf8))
        _ = try await neighbour.waitForLine(containing: "locked", in: .output)
        for number in 0..<14 { log.record(Self.note(number)) }
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        await log.flush()
        let records = try await store.records()
        #expect(records.count == 11)
        let last = records.first { $0.entry.eventType == "audit.lost" }
        #expect(last?.entry.details == #"{"count":4}"#)
        #expect(lines.withLock { $0.filter { $0.contains("could not be stored") }.count } == 4)
    }

    @Test func `what the store never took is in the log`() async throws {
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in
            Capture { line in lines.withLock { $0.append(line) } }
        }
        let log = log(logger: logger)
        try repo.close()
        for number in 0..<3 { log.record(Self.note(number)) }
        await log.stop(within: .milliseconds(10))
        log.record(Self.note(3))
        let written = lines.withLock { $0 }
        for number in 0...3 {
            let isThere = written.contains {
                $0.contains("could not be stored") && $0.contains("run r\(number)")
            }
            #expect(isThere, "\(number)")
        }
    }
}

private struct Capture: LogHandler {
    let write: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { write("\(event.message) \(event.metadata ?? [:])") }
}
