import Glibc
import Repo
import Telemetry
import TestSupport
import Testing

struct RepoTests {
    private let directory: TemporaryDirectory
    private let bus = TelemetryBus()

    init() throws { directory = try TemporaryDirectory() }

    private func open() throws -> Repo {
        try Repo(settings: .init(path: directory.path("store/agent.db")), bus: bus)
    }

    private static let make = Statement(
        source: "things", command: .migrate,
        sql: "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    private static let insert = Statement(
        source: "things", command: .insert, sql: "INSERT INTO things (name) VALUES (?)")
    private static let names = Statement(
        source: "things", command: .select, sql: "SELECT name FROM things ORDER BY id")
    private static let wrong = Statement(
        source: "things", command: .select, sql: "SELECT nonsense FROM things")

    @Test func `what is written can be read, also after closing`() async throws {
        let repo = try open()
        try await repo.write { session throws(RepoError) in
            try session.run(Self.make)
            #expect(try session.run(Self.insert, [.text("é\0\n")]) == 1)
        }
        try repo.close()
        let again = try open()
        let names = try await again.read { session throws(RepoError) in
            try session.all(Self.names) { $0.text(0) }
        }
        #expect(names == ["é\0\n"])
    }

    @Test func `a write that throws leaves nothing behind`() async throws {
        let repo = try open()
        try await repo.write { session throws(RepoError) in try session.run(Self.make) }
        await #expect(throws: RepoError.self) {
            try await repo.write { session throws(RepoError) in
                try session.run(Self.insert, [.text("a")])
                try session.run(Self.insert, [.text("a")])
            }
        }
        let names = try await repo.read { session throws(RepoError) in
            try session.all(Self.names) { $0.text(0) }
        }
        #expect(names == [])
    }

    @Test func `a closed store refuses, and can be opened by another`() async throws {
        let repo = try open()
        try repo.close()
        try repo.close()
        await #expect(throws: RepoError.closed) {
            try await repo.read { session throws(RepoError) in
                try session.all(Self.names) { $0.text(0) }
            }
        }
        await #expect(throws: RepoError.closed) {
            try await repo.write { session throws(RepoError) in try session.run(Self.make) }
        }
        try open().close()
    }

    @Test func `a second agent is told whose store it is`() throws {
        let repo = try open()
        let path = repo.settings.path
        #expect(throws: RepoError.inUse(path: path, processID: getpid())) { try open() }
        try repo.close()
    }

    @Test func `the first statement of an access says how long it waited, later ones do not`()
        async throws
    {
        let repo = try open()
        try await repo.write { session throws(RepoError) in try session.run(Self.make) }
        let recorder = try EventRecorder(bus, "net_auto.repo.*")
        _ = try await repo.read { session throws(RepoError) in
            _ = try session.all(Self.names) { $0.text(0) }
            return try session.all(Self.names) { $0.text(0) }
        }
        let events = recorder.events.filter { $0.metadata["source"] == .string("things") }
        try #require(events.count == 2)
        #expect(
            Set(events[0].measurements.keys) == [
                "idle_time", "queue_time", "query_time", "decode_time", "total_time", "num_rows",
            ])
        #expect(
            Set(events[1].measurements.keys) == [
                "query_time", "decode_time", "total_time", "num_rows",
            ])
        for event in events {
            let sum = ["queue_time", "query_time", "decode_time"].reduce(0) {
                $0 + (event.measurements[$1]?.doubleValue ?? 0)
            }
            #expect(event.measurements["total_time"]?.doubleValue == sum)
            #expect(event.measurements["num_rows"] == 0)
        }
    }

    @Test func `a write is told statement by statement, and as a transaction`() async throws {
        let repo = try open()
        try await repo.write { session throws(RepoError) in try session.run(Self.make) }
        let recorder = try EventRecorder(bus, "net_auto.repo.*")
        try await repo.write { session throws(RepoError) in
            try session.run(Self.insert, [.text("secret-value")])
        }
        _ = try? await repo.write { session throws(RepoError) in
            try session.run(Self.insert, [.text("secret-value")])
        }
        let events = recorder.events
        let told = events.map {
            $0.name == "net_auto.repo.query"
                ? ["source", "command", "result", "error_kind"].map(text($0)).joined(separator: " ")
                : text($0)("outcome")
        }
        #expect(
            told == [
                "transaction begin ok -", "things insert ok -", "transaction commit ok -", "commit",
                "transaction begin ok -", "things insert error constraint",
                "transaction rollback ok -", "rollback",
            ])
        #expect(!events.contains { "\($0)".contains("secret") })
        #expect(!events.contains { "\($0)".contains("INSERT") })
        #expect(events[1].metadata["statement"] == .string(Self.insert.fingerprint))
        #expect(events[1].measurements["num_rows"] == 1)
        // SQLite would repeat the count of the statement before.
        #expect(events[0].measurements["num_rows"] == nil)
        #expect(events[2].measurements["num_rows"] == nil)
    }

    /// Reads metadata of an event as text; "-" where there is none.
    private func text(_ event: RecordedEvent) -> (String) -> String {
        { key in
            if case .string(let text) = event.metadata[key] { text } else { "-" }
        }
    }

    @Test func `a statement that SQLite does not understand is an error of its own`() async throws {
        let repo = try open()
        let recorder = try EventRecorder(bus, "net_auto.repo.query")
        await #expect(throws: RepoError.self) {
            try await repo.read { session throws(RepoError) in
                try session.all(Self.wrong) { $0.text(0) }
            }
        }
        #expect(recorder.events.last?.metadata["result"] == .string("error"))
    }

    @Test func `opening tells the pool's size and the file's name, not where it is`() throws {
        let recorder = try EventRecorder(bus, "net_auto.repo.init", "net_auto.repo.pool")
        let repo = try open()
        let events = recorder.events
        try #require(events.count == 2)
        #expect(events[0].metadata["database"] == .string("agent.db"))
        #expect(events[0].measurements["pool_size"] == 3)
        #expect(events[0].measurements["timeout"] == 5_000_000_000)
        #expect(events[1].measurements["in_use"] == 0)
        #expect(repo.poolState.waiting == 0)
    }

    @Test func `the pool says who works and who waits`() async throws {
        let repo = try Repo(
            settings: .init(path: directory.path("agent.db"), readers: 1), bus: bus)
        let gate = DispatchGate()
        let first = Task {
            try await repo.read { session throws(RepoError) in gate.wait() }
        }
        try await waitUntil { repo.poolState.inUse == 1 }
        let second = Task { try await repo.read { session throws(RepoError) in } }
        try await waitUntil { repo.poolState.waiting == 1 }
        gate.open()
        try await first.value
        try await second.value
        #expect(repo.poolState.inUse == 0)
        #expect(repo.poolState.waiting == 0)
    }
}
