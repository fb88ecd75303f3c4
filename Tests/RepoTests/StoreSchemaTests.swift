import Repo
import Telemetry
import TestSupport
import Testing

/// What somebody else has done to the store's tables: noticed at the start, while the agent runs, and by verifying.
struct StoreSchemaTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    private func open() throws(RepoError) -> Repo {
        try Repo(settings: .init(path: path), bus: TelemetryBus())
    }

    private func sqlite(_ script: String) async throws {
        let outcome = try await ChildProcess.run("sqlite3", ["-bail", path, script])
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
    }

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: "run.started", actor: .init("ann", .user), resourceType: "run",
            resourceID: "r\(number)", action: "start", insertedAt: Int64(number) * 1_000_000)
    }

    static let changes: [(String, says: String)] = [
        (
            "CREATE TRIGGER evil BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(IGNORE); END",
            #"the trigger "evil" on "audit_entries" is none of the agent's"#
        ),
        (
            """
            CREATE TRIGGER evil BEFORE INSERT ON audit_entries WHEN NEW.actor_id = 'ann' BEGIN
            INSERT INTO audit_entries (seq, event_type, actor_id, actor_type, resource_type, action,
            details, inserted_at, hash) VALUES (NEW.seq, 'x', 'bob', 'user', 'x', 'x', '{}', 1, x'00');
            SELECT RAISE(IGNORE); END
            """, #"the trigger "evil" on "audit_entries" is none"#
        ),
        (
            "CREATE TRIGGER evil AFTER DELETE ON audit_tally BEGIN SELECT 1; END",
            #"the trigger "evil" on "audit_tally""#
        ),
        (
            "CREATE UNIQUE INDEX once ON audit_entries (hash)",
            #"the index "once" on "audit_entries" is none"#
        ),
        ("DROP TRIGGER audit_keeps_all", #"the trigger "audit_keeps_all" is gone"#),
        (
            "DROP TRIGGER audit_appends; CREATE TRIGGER audit_appends BEFORE INSERT "
                + "ON audit_entries BEGIN SELECT 1; END",
            #"the trigger "audit_appends" was changed"#
        ),
        ("DROP INDEX audit_by_time", #"the index "audit_by_time" is gone"#),
        ("DROP TABLE audit_entries", #"the table "audit_entries" is gone"#),
        (
            "ALTER TABLE audit_entries RENAME TO old; CREATE VIEW audit_entries AS SELECT * FROM old",
            #"the table "audit_entries" is gone"#
        ),
        ("ALTER TABLE audit_entries ADD COLUMN more TEXT", #"table "audit_entries" was changed"#),
        ("DROP TABLE audit_tally", #"the table "audit_tally" is gone"#),
    ]

    @Test(arguments: changes)
    func `a changed schema is told by verifying, and no agent starts on it`(
        _ script: String, says sentence: String
    ) async throws {
        let repo = try open()
        try await AuditStore(repo).append([Self.entry(1), Self.entry(2)])
        try repo.close()
        try await sqlite(script)
        let verdict = try AuditStore.verify(path: path)
        #expect(verdict.faults.contains { "\($0)".contains(sentence) }, "\(verdict.faults)")
        let error = try #require(throws: RepoError.self) { try open() }
        #expect(error.kind == "schema" && "\(error)".contains(sentence), "\(error)")
        #expect("\(error)".contains(path) && !"\(error)".contains("\n"))
    }

    @Test(arguments: changes)
    func `a schema that is changed under a running agent is told by its next question`(
        _ script: String, says sentence: String
    ) async throws {
        let repo = try open()
        try await AuditStore(repo).append([Self.entry(1)])
        try await repo.question()
        try await sqlite(script)
        for _ in 0..<2 {
            await #expect { try await repo.question() } throws: {
                "\($0)".contains(sentence)
            }
        }
    }

    @Test(arguments: ["DROP TABLE runs", "DROP TABLE devices", "DROP INDEX runs_by_end"])
    func `other tables count as well`(_ script: String) async throws {
        try open().close()
        try await sqlite(script)
        #expect { try open() } throws: { ($0 as? RepoError)?.kind == "schema" }
    }

    @Test func `tables of somebody else's, and statistics, are left alone`() async throws {
        try open().close()
        try await sqlite(
            "CREATE TABLE notes (x TEXT); CREATE INDEX n ON notes (x); CREATE VIEW v AS SELECT * FROM runs; "
                + "CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END; ANALYZE; VACUUM")
        let repo = try open()
        try await AuditStore(repo).append([Self.entry(1)])
        try await sqlite("ANALYZE; CREATE TABLE more (x)")
        try await repo.question()
        #expect(try await AuditStore(repo).verify().isIntact)
        try repo.close()
    }

    @Test func `an insert that a trigger ignores is an error, not an entry`() async throws {
        let repo = try open()
        let store = AuditStore(repo)
        try await store.append([Self.entry(1)])
        try await sqlite(
            "CREATE TRIGGER evil BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(IGNORE); END")
        await #expect { try await store.append([Self.entry(2)]) } throws: {
            ($0 as? RepoError)?.kind == "audit"
        }
        try await sqlite("DROP TRIGGER evil")
        try await store.append([Self.entry(2)])
        #expect(try await store.verify().isIntact)
    }

    @Test(arguments: [Int64(-1), -5, Int64(Int32.min)])
    func `a schema's number below 0 is refused`(_ number: Int64) async throws {
        try open().close()
        try await sqlite("PRAGMA user_version = \(number)")
        #expect { try open() } throws: {
            ($0 as? RepoError)?.kind == "corrupt" && "\($0)".contains("its schema is \(number)")
        }
        #expect { try AuditStore.verify(path: path) } throws: {
            ($0 as? RepoError)?.kind == "corrupt"
        }
    }

    @Test func `a schema's number of an earlier agent does not have its tables made twice`()
        async throws
    {
        try open().close()
        try await sqlite("PRAGMA user_version = 1")
        #expect { try open() } throws: { ($0 as? RepoError)?.kind == "schema" }
    }

    @Test(arguments: [2, 3, 4])
    func `a store of an earlier agent is verified as it is, and brought up to date`(_ schema: Int)
        async throws
    {
        let repo = try open()
        try await AuditStore(repo).append((1...30).map(Self.entry))
        let head = try #require(try await AuditStore(repo).verify().head)
        try repo.close()
        let drops = [
            "DROP TABLE schedules;",
            "DROP TABLE audit_tally; ALTER TABLE audit_entries DROP COLUMN seal;",
            "DROP INDEX audit_by_resource_type;",
        ].prefix(5 - schema).joined()
        try await sqlite(drops + "PRAGMA user_version = \(schema)")
        let verdict = try AuditStore.verify(path: path)
        #expect(verdict.isIntact && verdict.head == head, "\(verdict.faults)")
        let again = try open()
        #expect(try await AuditStore(again).verify().isIntact)
        #expect(try await again.sizes().auditEntries == 30)
        try again.close()
    }
}
