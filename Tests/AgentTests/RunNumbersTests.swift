import Foundation
import TestSupport
import Testing

/// The metrics of runs, quotas and queries, held against each other and against the store.
struct RunNumbersTests {
    private static let configuration = AgentConfigurationText(
        plugins: [
            #"{ "plugin": "Runner" }, { "plugin": "Quota" }, { "plugin": "Database" }, { "plugin": "Prometheus" }"#
        ],
        top: #"""
            "store": { "path": "agent.db" },
            "quotas": { "global": 3, "sites": { "lab": 2 }, "other_sites": 1 },
            "devices": [
              { "id": "lab-1", "site": "lab", "local": { "shell": true } },
              { "id": "edge-1", "site": "edge", "local": { "shell": true } }
            ],
            "schedules": [
              { "name": "a", "device": "lab-1", "command": "echo a; sleep 0.05", "every": "100ms" },
              { "name": "b", "device": "lab-1", "command": "seq 2000; exit 4", "every": "130ms" },
              { "name": "c", "device": "lab-1", "command": "sleep 0.2", "every": "150ms" },
              { "name": "d", "device": "edge-1", "command": "sleep 60", "every": "200ms", "timeout": "100ms" },
              { "name": "e", "device": "edge-1", "command": "head -c 100000 /dev/zero", "every": "170ms" }
            ],
            """#)

    private func sum(_ samples: [String: Double], _ name: String, _ label: String = "") -> Double {
        samples.filter {
            ($0.key == name || $0.key.hasPrefix(name + "{"))
                && (label.isEmpty || $0.key.contains(label))
        }
        .values.reduce(0, +)
    }

    @Test func `what the metrics say is what the store holds, and they agree with each other`()
        async throws
    {
        let directory = try TemporaryDirectory()
        var configuration = Self.configuration
        // One last scrape, when every run has ended.
        configuration.http = #""listen": "127.0.0.1:0", "drain": "300s""#
        let agent = try await RunningAgent(configuration, in: directory)
        try await waitUntil("runs of every kind") {
            let samples = try await agent.samples()
            return sum(samples, "runner_stops_total") >= 40
                && sum(samples, "quota_rejections_total") >= 3
                && sum(samples, "runner_stops_total", #"status="timeout""#) >= 2
        }
        agent.process.terminate()
        let samples = try await agent.lastSamples()

        func stored(_ query: String) async throws -> Double {
            let outcome = try await ChildProcess.run(
                "sqlite3", ["-readonly", directory.path("agent.db"), query])
            #expect(outcome.exit == .code(0), "\(outcome.errors)")
            return Double(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
        }
        let created = sum(samples, "runner_runs_created_total")
        let starts = sum(samples, "runner_starts_total")
        let rejections = sum(samples, "quota_rejections_total")
        let stops = sum(samples, "runner_stops_total")
        // Admitted when the agent was asked to stop, and so never begun.
        let abandoned = try await stored(
            "SELECT count(*) FROM runs WHERE status = 'canceled' AND started_at IS NULL")
        #expect(created == starts + rejections + abandoned)
        #expect(starts == stops + sum(samples, "runner_errors_total"))
        #expect(sum(samples, "runner_active_runs") == 0)
        let checkouts = sum(samples, "quota_checkouts_total")
        #expect(starts <= checkouts && checkouts <= starts + abandoned)
        #expect(sum(samples, "quota_checkins_total") == checkouts)
        #expect(samples[#"quota_active{scope="global",site=""}"#] == 0)
        #expect(sum(samples, "runner_run_duration_seconds_count") == starts)

        #expect(try await stored("SELECT count(*) FROM runs") == created)
        for status in ["ok", "error", "canceled", "timeout"] {
            let told = sum(samples, "runner_stops_total", #"status="\#(status)""#)
            let notBegun = status == "error" ? rejections : status == "canceled" ? abandoned : 0
            #expect(
                try await stored("SELECT count(*) FROM runs WHERE status = '\(status)'")
                    == told + notBegun, "\(status)")
        }
        #expect(
            try await stored("SELECT count(*) FROM runs WHERE reason LIKE 'quota_exceeded:%'")
                == rejections)
        #expect(
            try await stored("SELECT count(*) FROM run_chunks")
                == sum(samples, "runner_chunks_total"))
        #expect(
            try await stored("SELECT coalesce(sum(length(bytes)), 0) FROM run_chunks")
                == sum(samples, "runner_chunk_bytes_total"))
        #expect(
            try await stored("SELECT coalesce(sum(bytes), 0) FROM runs")
                == sum(samples, "runner_chunk_bytes_total"))
        // Each chunk was one statement, and each run one that made it.
        let statements = "db_query_execution_seconds_count"
        #expect(
            sum(samples, statements, #"source="run_chunks",command="insert""#)
                == sum(samples, "runner_chunks_total"))
        #expect(sum(samples, statements, #"source="runs",command="insert""#) == created)
    }
}
