import Foundation
import TestSupport
import Testing

/// What `make run` shows within seconds: real work, whose numbers agree with each other and with the store.
struct ExampleWorkloadTests {
    private let directory: TemporaryDirectory
    private let agent: RunningAgent

    /// The example with ports and a directory of its own.
    init() async throws {
        directory = try TemporaryDirectory()
        let example = try String(
            contentsOfFile: "\(repositoryRoot)/config.example.json", encoding: .utf8)
        // A port that the file says: the demonstration reads there where the agent is.
        let text = example.replacing("127.0.0.1:9568", with: "127.0.0.1:\(try freePort(.tcp))")
            .replacing("127.0.0.1:8094", with: "127.0.0.1:0")
        agent = try await RunningAgent(
            configurationFile: try directory.write(text, to: "config.json"))
    }

    /// The sum of a family's samples.
    private func total(_ family: String, _ samples: [String: Double]) -> Int {
        Int(
            samples.filter { $0.key == family || $0.key.hasPrefix(family + "{") }.values.reduce(
                0, +))
    }

    private func store(_ sql: String) async throws -> Int {
        let outcome = try await ChildProcess.run(
            "sqlite3", ["-readonly", directory.path("run/agent.db"), sql])
        #expect(outcome.exit == .code(0), "\(outcome.errors)")
        return Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// What `make demo` does.
    private func demonstrate() async throws {
        let outcome = try await ChildProcess.run(
            "\(repositoryRoot)/Examples/demo/demo.sh",
            environment: ["AGENT": agentExecutable, "CONFIG": directory.path("config.json")])
        #expect(outcome.exit == .code(0), "\(outcome)")
        #expect(outcome.output.contains("demo: a slow query"), "\(outcome)")
    }

    @Test func `nothing goes wrong by itself: the log is quiet, and every run ends well`()
        async throws
    {
        try await waitUntil("some runs of each schedule") {
            let runs = try await store("SELECT count(*) FROM runs WHERE status = 'ok'")
            let schedules = try await store(
                "SELECT count(DISTINCT requested_by) FROM runs WHERE status = 'ok'")
            return runs >= 8 && schedules >= 4
        }
        #expect(
            try await store("SELECT count(*) FROM runs WHERE status IN ('error', 'timeout')") == 0)
        let log = agent.process.errors
        #expect(!log.contains(" warning ") && !log.contains(" error "), "\(log)")
        #expect(log.contains("  page      http://127.0.0.1:\(agent.port)/\n"), "\(log)")
        #expect(try await agent.client.get("/health/detailed").text.hasPrefix(#"{"status":"ok""#))
    }

    @Test
    func `runs, quota, chunks and queries move, and agree with each other and with the store`()
        async throws
    {
        try await demonstrate()
        try await waitUntil("runs of every kind") {
            let samples = try await agent.samples()
            return total("runner_runs_created_total", samples) >= 8
                && samples.contains {
                    $0.key.hasPrefix("runner_stops_total") && $0.key.contains("error")
                }
                && total("quota_rejections_total", samples) > 0
                && total("runner_chunks_total", samples) >= 10
        }
        // Between two looks of a schedule nothing moves: then all numbers are of one moment.
        try await waitUntil("a moment at which nothing moves") {
            let before = try await agent.samples()
            let (runs, chunks) = (
                try await store("SELECT count(*) FROM runs"),
                try await store("SELECT count(*) FROM run_chunks")
            )
            let bytes = try await store("SELECT sum(length(bytes)) FROM run_chunks")
            let after = try await agent.samples()
            let isStill =
                total("runner_active_runs", before) == 0
                && total("runner_runs_created_total", before)
                    == total("runner_runs_created_total", after)
                && total("runner_active_runs", after) == 0
            guard isStill else { return false }
            let created = total("runner_runs_created_total", after)
            #expect(created == runs)
            #expect(
                created == total("runner_starts_total", after)
                    + total("quota_rejections_total", after))
            #expect(
                total("runner_starts_total", after)
                    == total("runner_stops_total", after) + total("runner_errors_total", after))
            #expect(total("quota_checkouts_total", after) == total("quota_checkins_total", after))
            #expect(total("runner_chunks_total", after) == chunks)
            #expect(total("runner_chunk_bytes_total", after) == bytes)
            #expect(total("runner_device_runs_total", after) == runs)
            #expect(total("db_query_rows_count", after) > 0)
            #expect(total("db_transactions_total", after) > 0)
            return true
        }
        let samples = try await agent.samples()
        #expect(
            samples[#"db_up{repo="agent"}"#] == 1
                || samples.contains { $0.key.hasPrefix("db_up") && $0.value == 1 })
        #expect(samples.contains { $0.key.hasPrefix("quota_limit") && $0.value == 8 })
    }
}
