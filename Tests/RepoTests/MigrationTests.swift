import Repo
import Telemetry
import TestSupport
import Testing

struct MigrationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    private func sqlite(_ script: String) async throws -> String {
        let outcome = try await ChildProcess.run("sqlite3", ["-readonly", path, script])
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
        return outcome.output
    }

    @Test func `a store is told from other databases, and says which schema it has`() async throws {
        try Repo(settings: .init(path: path), bus: TelemetryBus()).close()
        #expect(try await sqlite("PRAGMA user_version; PRAGMA application_id") == "5\n1851880788\n")
        #expect(
            try await sqlite("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                == "audit_entries\naudit_tally\ndevices\nrun_chunks\nruns\nschedules\nsqlite_sequence\n"
        )
    }

    @Test func `a store that is up to date is not migrated again`() throws {
        try Repo(settings: .init(path: path), bus: TelemetryBus()).close()
        let bus = TelemetryBus()
        let recorder = try EventRecorder(bus, "net_auto.repo.query")
        try Repo(settings: .init(path: path), bus: bus).close()
        #expect(!recorder.events.contains { $0.metadata["command"] == .string("migrate") })
    }

    @Test(arguments: [
        ("status", "runs_by_status"), ("device_id", "runs_by_device"), ("site", "runs_by_site"),
    ])
    func `pages of runs are found by an index, in its order`(_ column: String, _ index: String)
        async throws
    {
        try Repo(settings: .init(path: path), bus: TelemetryBus()).close()
        let plan = try await sqlite(
            "EXPLAIN QUERY PLAN SELECT * FROM runs WHERE \(column) = 'x' AND id < 'y' "
                + "ORDER BY id DESC LIMIT 5")
        #expect(plan.contains(index))
        #expect(!plan.contains("TEMP B-TREE"))
    }
}
