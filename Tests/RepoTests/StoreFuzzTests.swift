import Foundation
import Glibc
import Repo
import Telemetry
import TestSupport
import Testing

/// Files that somebody else has changed: never a crash, and where something is wrong a sentence.
struct StoreFuzzTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: "run.started", actor: .init("ann", .user), resourceType: "run",
            resourceID: "r\(number)", action: "start", insertedAt: Int64(number) * 1_000_000)
    }

    private func fill() async throws {
        let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
        try await AuditStore(repo).append((1...60).map(Self.entry))
        for number in 1...20 {
            var run = Run(
                deviceID: "d", protocolName: "local", site: "s", command: ["x", "y"],
                requestedBy: "t", createdAt: 1)
            try await RunStore(repo).create(run)
            try await RunStore(repo).append([
                RunChunk(runID: run.id, seq: 1, at: 1, bytes: [UInt8](repeating: 7, count: 900))
            ])
            run.status = .ok
            run.finishedAt = Int64(number)
            if number % 4 != 0 { try await RunStore(repo).save(run) }
        }
        try repo.close()
    }

    /// Does with a store what an agent does. Answers what is said where it cannot go on.
    private static func use(_ path: String) async -> String? {
        do {
            let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
            defer { try? repo.close() }
            let (runs, audit) = (RunStore(repo), AuditStore(repo))
            _ = try await repo.sizes()
            _ = try await runs.closeUnfinished(reason: "agent_restarted", message: "x", at: 9)
            for run in try await runs.runs() { _ = try await runs.chunks(of: run.id) }
            _ = try await audit.append([entry(100)])
            _ = try await audit.records()
            _ = try await audit.verify()
            _ = try await runs.prune(before: 5, maxBytes: 1 << 20)
            try await repo.question()
            return nil
        } catch { return "\(error)" }
    }

    @Test func `a store with changed bytes never ends the agent, and a changed log is told`()
        async throws
    {
        try await fill()
        let original = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var generator = SeededGenerator(seed: 20_240)
        let copy = try TemporaryDirectory()
        for round in 0..<60 {
            for file in ["", "-wal", "-shm", ".head", ".lock"] { unlink(copy.path("a.db" + file)) }
            var bytes = original
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let place =
                    Bool.random(using: &generator)
                    ? Int.random(in: 0..<bytes.count, using: &generator)
                    : Int.random(in: 0..<200, using: &generator)
                bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
            }
            try copy.write(bytes, to: "a.db")
            do {
                let verdict = try AuditStore.verify(path: copy.path("a.db"))
                #expect(!verdict.isIntact || verdict.entries == 60, "round \(round)")
            } catch {
                #expect(!"\(error)".isEmpty && !"\(error)".contains("\n"), "round \(round)")
            }
            if let said = await Self.use(copy.path("a.db")) {
                #expect(!said.isEmpty && !said.contains("\n"), "round \(round): \(said)")
            }
        }
    }

    /// What no agent writes, where its tables let it stand.
    @Test(arguments: [
        "UPDATE runs SET exit_code = 9223372036854775807, bytes = -9223372036854775808, chunks = -1",
        "UPDATE runs SET finished_at = -9223372036854775808, created_at = 9223372036854775807",
        "UPDATE runs SET status = 'nothing'", "UPDATE runs SET command = '[\"\\u'",
        "UPDATE runs SET id = 'x' || number",
        "UPDATE run_chunks SET seq = -seq, at = 9223372036854775807",
        "UPDATE run_chunks SET seq = 9223372036854775807 - run",
        "UPDATE audit_tally SET entries = 9223372036854775807, bytes = 9223372036854775807",
        "UPDATE audit_tally SET entries = -9223372036854775808, bytes = -1, seq = -5, hash = x''",
        "DELETE FROM audit_tally", "DELETE FROM sqlite_sequence",
        "UPDATE sqlite_sequence SET seq = -9223372036854775808",
        "UPDATE sqlite_sequence SET seq = 'text'", "UPDATE sqlite_sequence SET seq = NULL",
        "UPDATE sqlite_sequence SET seq = 4611686018427387903",
        "PRAGMA user_version = -2147483648", "PRAGMA user_version = 2147483647",
        "PRAGMA application_id = -1",
    ])
    func `numbers and texts that no agent wrote are read or refused, and never end it`(
        _ script: String
    ) async throws {
        try await fill()
        let outcome = try await ChildProcess.run("sqlite3", ["-bail", path, script])
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
        _ = try? AuditStore.verify(path: path)
        for _ in 0..<2 {
            if let said = await Self.use(path) {
                #expect(!said.isEmpty && !said.contains("\n"), "\(said)")
            }
        }
    }
}
