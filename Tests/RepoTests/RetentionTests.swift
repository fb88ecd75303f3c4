import Repo
import Telemetry
import TestSupport
import Testing

struct RetentionTests {
    private let directory: TemporaryDirectory
    private let bus = TelemetryBus()
    private let repo: Repo
    private let store: RunStore

    init() throws {
        directory = try TemporaryDirectory()
        repo = try Repo(settings: .init(path: directory.path("agent.db")), bus: bus)
        store = RunStore(repo)
    }

    /// Stores a run that ended at `end`, with chunks of 10 000 bytes each.
    @discardableResult
    private func store(end: Int64?, chunks: Int64 = 0) async throws -> Run {
        var run = Run(
            deviceID: "d", protocolName: "local", site: "s", command: ["x"], requestedBy: "t",
            createdAt: 1)
        run.status = end == nil ? .running : .ok
        run.finishedAt = end
        try await store.create(run)
        let bytes = [UInt8](repeating: 1, count: 10_000)
        try await store.append(
            (0..<chunks).map { RunChunk(runID: run.id, seq: $0 + 1, at: 1, bytes: bytes) })
        return run
    }

    @Test func `runs that ended long ago go, with their output, and no others`() async throws {
        try await store(end: 10, chunks: 5)
        try await store(end: 19, chunks: 3)
        let kept = [
            try await store(end: 20, chunks: 1), try await store(end: nil, chunks: 2),
            try await store(end: 30),
        ]
        let report = try await store.prune(before: 20, step: 2)
        #expect(report.runs == 2)
        #expect(report.chunks == 8)
        #expect(try await store.runs().map(\.id) == kept.map(\.id).sorted(by: >))
        #expect(try await repo.figures().rows["run_chunks"] == 3)
        #expect(try await store.prune(before: 20) == PruneReport())
    }

    @Test func `past the limit the runs that ended first go, until the rest fits`() async throws {
        for end in 1...20 { try await store(end: Int64(21 - end), chunks: 10) }
        let running = try await store(end: nil, chunks: 10)
        try await store.prune(maxBytes: 2_000_000)
        let left = try await store.runs()
        #expect(left.contains { $0.id == running.id })
        let ends = left.compactMap(\.finishedAt)
        #expect((5...9).contains(ends.count))
        #expect(ends.sorted() == ((21 - Int64(ends.count))...20).map(\.self))
        // Nothing but what runs is left to remove: it stays.
        try await store.prune(maxBytes: 0)
        #expect(try await store.runs().map(\.id) == [running.id])
    }

    @Test func `each transaction removes a little, and the file gives room back`() async throws {
        for end in 1...4 { try await store(end: Int64(end), chunks: 500) }
        let before = try await repo.figures()
        #expect(before.fileBytes + before.logBytes > 20_000_000)
        let recorder = try EventRecorder(bus, "net_auto.repo.query")
        try await store.prune(before: 4, step: 50)
        let deleted = recorder.events.filter {
            $0.metadata["source"] == .string("run_chunks")
                && $0.metadata["command"] == .string("delete")
        }
        .compactMap { $0.measurements["num_rows"]?.doubleValue }
        #expect(deleted.max() == 50)
        #expect(deleted.reduce(0, +) == 1500)
        let after = try await repo.figures()
        #expect(after.fileBytes < before.fileBytes / 2)
        #expect(after.rows == ["devices": 0, "runs": 1, "run_chunks": 500])
    }

    @Test func `what is there is counted`() async throws {
        try await store(end: 1, chunks: 3)
        try await store.saveDevices(
            [DeviceRow(id: "d", site: "s", protocolName: "local")], at: 1)
        let figures = try await repo.figures()
        #expect(figures.rows == ["devices": 1, "runs": 1, "run_chunks": 3])
        #expect(figures.schema == 5)
        #expect(figures.logBytes > 0)
    }

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: "run.started", actor: .init("schedule:backup-\(number % 40)", .system),
            resourceType: "run", resourceID: RunID().text, action: "start",
            details: #"{"device_id":"edge-\#(number)","site":"lab","command":["uptime","-p"]}"#,
            correlationID: RunID().text, clientIP: "127.0.0.1", userAgent: "curl/8.0",
            insertedAt: Int64(number) * 1_000_000)
    }

    @Test func `what the audit log takes is not counted against runs`() async throws {
        let audit = AuditStore(repo)
        for start in stride(from: 0, to: 4000, by: 500) {
            try await audit.append((start..<start + 500).map(Self.entry))
        }
        let run = try await store(end: 10, chunks: 2)
        #expect(try await repo.figures().rows["run_chunks"] == 2)
        let used = try await repo.sizes()
        #expect(used.audit > 1 << 20, "more than runs may take")
        #expect(try await store.prune(maxBytes: 1 << 20) == PruneReport())
        #expect(try await store.run(run.id) != nil)
    }

    @Test(arguments: [false, true])
    func `what the audit log takes is known well enough without counting pages`(_ isLarge: Bool)
        async throws
    {
        let audit = AuditStore(repo)
        for start in stride(from: 0, to: 6000, by: 500) {
            try await audit.append(
                (start..<start + 500).map { number in
                    var entry = Self.entry(number)
                    if isLarge { entry.details += String(repeating: "x", count: 900) }
                    return entry
                })
        }
        let told = try await repo.sizes().audit
        try repo.close()
        let outcome = try await ChildProcess.run(
            "sqlite3",
            [
                "-readonly", repo.settings.path,
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%audit%'",
            ])
        let bytes = try #require(Int64(outcome.output.split(separator: "\n").first ?? ""))
        #expect((bytes * 3 / 4...bytes * 4 / 3).contains(told), "\(told) of \(bytes)")
    }

    @Test(arguments: ["-1", "9223372036854775807", "-9223372036854775808"])
    func `a size that somebody wrote into the store removes nothing that fits`(_ bytes: String)
        async throws
    {
        let run = try await store(end: 10, chunks: 2)
        let outcome = try await ChildProcess.run(
            "sqlite3", [repo.settings.path, "UPDATE audit_tally SET bytes = \(bytes)"])
        try #require(outcome.exit == .code(0))
        try await store.prune(maxBytes: 1 << 20)
        #expect(try await store.run(run.id) != nil)
        try await AuditStore(repo).append([Self.entry(1)])
    }

    @Test func `a run that cannot be removed ends the removal instead of holding it up`()
        async throws
    {
        try await store(end: 10)
        let outcome = try await ChildProcess.run(
            "sqlite3",
            [
                repo.settings.path,
                "CREATE TRIGGER stay BEFORE DELETE ON runs BEGIN SELECT RAISE(IGNORE); END",
            ])
        try #require(outcome.exit == .code(0))
        await #expect { try await store.prune(before: 20) } throws: {
            ($0 as? RepoError)?.kind == "constraint"
        }
    }
}
