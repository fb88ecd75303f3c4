import Foundation
import TestSupport
import Testing

/// What `--list-metrics`, `--list-events` and `--list-plugins` say, which is what there would be.
struct ListingTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func rows(_ arguments: String...) async throws -> [[String: Any]] {
        let outcome = try await ChildProcess.run(agentExecutable, arguments + ["--json"])
        #expect(outcome.exit == .code(0) && outcome.errors == "", "\(outcome.errors)")
        return try #require(
            JSONSerialization.jsonObject(with: Data(outcome.outputBytes)) as? [[String: Any]])
    }

    /// One line that says all that a row of the metrics' listing says, the help text left out.
    private func line(_ row: [String: Any]) -> String {
        let labels = (row["labels"] as? [String] ?? []).joined(separator: " ")
        let events = (row["events"] as? [[String: Any]] ?? []).map { event in
            let factor = event["factor"] as? Int ?? 1
            let sign = factor == 1 ? "" : "\(factor) × "
            return sign + "\(event["event"] ?? "")"
                + ((event["measurement"] as? String).map { "[\($0)]" } ?? "")
        }
        let bounds = (row["buckets"] as? [Double] ?? []) + (row["quantiles"] as? [Double] ?? [])
        let parts = [
            row["name"] as? String ?? "", row["kind"] as? String ?? "",
            row["unit"] as? String ?? "",
            labels, events.joined(separator: " "), bounds.map { "\($0)" }.joined(separator: " "),
        ]
        return parts.joined(separator: " | ")
    }

    // MARK: Metrics

    private static let runner = """
        runner_active_runs | up_down_counter |  | site protocol | E.runner.start -1 × E.runner.stop -1 × E.runner.error | 
        runner_chunk_bytes_total | sum | bytes | site protocol | E.run.chunk[bytes] | 
        runner_chunks_total | counter |  | site protocol | E.run.chunk | 
        runner_device_runs_total | counter |  | device_id site | E.run.created | 
        runner_errors_total | counter |  | site protocol kind | E.runner.error | 
        runner_last_run_bytes | last_value | bytes | site protocol | E.runner.stop[bytes] | 
        runner_queue_time_seconds | distribution | seconds | site protocol | E.runner.start[queue_time] | \
        0.001 0.005 0.01 0.05 0.1 0.5 1.0 5.0 10.0 30.0 60.0 300.0
        runner_run_bytes | distribution | bytes | site protocol | E.runner.stop[bytes] | \
        256.0 1024.0 4096.0 16384.0 65536.0 262144.0 1048576.0 4194304.0 16777216.0 67108864.0
        runner_run_duration_quantiles_seconds | summary | seconds | protocol | E.runner.stop[duration] | 0.5 0.9 0.99
        runner_run_duration_seconds | distribution | seconds | site protocol status | \
        E.runner.stop[duration] E.runner.error[duration] | \
        0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 30.0 60.0 120.0 300.0 600.0 1800.0 3600.0
        runner_runs_created_total | counter |  | site protocol | E.run.created | 
        runner_starts_total | counter |  | site protocol | E.runner.start | 
        runner_stops_total | counter |  | site protocol status | E.runner.stop | 
        """

    @Test func `every metric of the Runner plugin is listed as it is defined`() async throws {
        let rows = try await rows("--list-metrics").filter { $0["plugin"] as? String == "runner" }
        #expect(
            rows.map(line).joined(separator: "\n")
                == Self.runner.replacing("E.", with: "net_auto."))
        let devices = try #require(
            rows.first { $0["name"] as? String == "runner_device_runs_total" })
        #expect(devices["max_series"] as? Int == 1000)
        #expect(rows.allSatisfy { ($0["help"] as? String)?.hasSuffix(".") == true })
    }

    @Test func `a configuration's changes show, and its own metrics stand among the others`()
        async throws
    {
        let text = AgentConfigurationText(
            plugins: [
                #"""
                { "plugin": "Runner", "name": "shop", "event_prefix": "my_app",
                  "metric_prefix": "shop", "duration_unit": "millisecond",
                  "metrics": {
                    "device_runs_total": { "drop": true },
                    "run_duration_seconds": { "buckets": [1, 60], "drop_labels": ["protocol"] },
                    "starts_total": { "max_series": 7, "expire_after": "1h" } } }
                """#
            ],
            metrics: [
                #"""
                { "name": "carts_total", "kind": "counter", "help": "Carts.", "event": "cart.made" }
                """#
            ])
        let file = try directory.write(text.text, to: "config.json")
        let rows = try await rows("--list-metrics", "--config", file)
        let names = rows.compactMap { $0["name"] as? String }
        #expect(names == names.sorted() && names.contains("process_threads"))
        #expect(!names.contains("shop_device_runs_total"))
        #expect(names.filter { $0.hasPrefix("shop_") }.count == 12)
        let lines = rows.map(line)
        #expect(lines.contains("carts_total | counter |  |  | cart.made | "))
        #expect(
            lines.contains(
                "shop_run_duration_seconds | distribution | seconds | site status | "
                    + "my_app.runner.stop[duration] my_app.runner.error[duration] | 1.0 60.0"))
        let duration = rows.first { $0["name"] as? String == "shop_run_duration_seconds" }
        #expect(duration?["measurement_unit"] as? String == "millisecond")
        let starts = rows.first { $0["name"] as? String == "shop_starts_total" }
        #expect(starts?["max_series"] as? Int == 7 && starts?["expire_after"] as? String == "1h")
        #expect(starts?["plugin"] as? String == "shop")
    }

    @Test func `what is listed is what a running agent has, and asking disturbs it in nothing`()
        async throws
    {
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "plugin": "Prometheus" }"#, #"{ "plugin": "Runner" }"#,
            ]))
        // The same file, but with the port that is taken now; so are the sockets.
        let taken = AgentConfigurationText(
            http: "\"listen\": \"127.0.0.1:\(agent.port)\"",
            plugins: [#"{ "plugin": "Prometheus" }"#, #"{ "plugin": "Runner" }"#])
        let file = try agent.directory.write(taken.text, to: "taken.json")
        let rows = try await rows("--list-metrics", "--config", file)
        let running = try #require(
            JSONSerialization.jsonObject(
                with: Data(try await agent.client.get("/v1/metrics").body)) as? [[String: Any]])
        #expect(NSArray(array: rows) == NSArray(array: running))

        for path in [agent.streamSocket, agent.datagramSocket] {
            #expect(FileManager.default.fileExists(atPath: path))
        }
        try Connection(unix: agent.streamSocket).send("a.b count=1i\n")
        try await waitUntil("the event") {
            try await agent.samples()[#"agent_events_total{source="unix_stream"}"#] == 1
        }
    }

    // MARK: Events and plugins

    @Test func `every event of the Runner plugin and of the agent is listed with its fields`()
        async throws
    {
        let rows = try await rows("--list-events")
        let texts = rows.map { row in
            func names(_ key: String) -> String {
                (row[key] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                    .joined(separator: " ")
            }
            return "\(row["event"] ?? "") | \(names("measurements")) | \(names("metadata"))"
        }
        let run = "run_id device_id protocol site"
        for expected in [
            "net_auto.run.created | count | \(run) requested_by",
            "net_auto.run.chunk | bytes | \(run) seq",
            "net_auto.runner.start | system_time queue_time | \(run)",
            "net_auto.runner.stop | duration bytes chunks | \(run) status exit_code",
            "net_auto.runner.error | duration bytes | \(run) kind reason",
            "agent.intake.rejected | count | source reason",
            "agent.plugin.replaced | count | plugin id version file",
        ] {
            #expect(texts.contains(expected), "\(expected)")
        }
        #expect(texts == texts.sorted())
    }

    @Test
    func `events that only the configuration's metrics listen to are listed with what they use`()
        async throws
    {
        let file = try directory.write(
            """
            { "metrics": [ { "name": "a_bytes", "kind": "last_value", "help": "A.", "unit": "bytes",
              "measurement_unit": "byte", "event": "a.b", "measurement": "size",
              "labels": { "x": "deep.key" }, "keep": { "y": 1 } } ] }
            """, to: "config.json")
        let rows = try await rows("--list-events", "--config", file)
        let row = try #require(rows.first { $0["event"] as? String == "a.b" })
        #expect(row["plugin"] as? String == "config")
        #expect((row["measurements"] as? [[String: Any]])?.first?["name"] as? String == "size")
        let metadata = (row["metadata"] as? [[String: Any]] ?? []).compactMap {
            $0["name"] as? String
        }
        #expect(metadata == ["deep.key", "y"])
    }

    @Test func `the shipped plugins are listed with what they are`() async throws {
        let rows = try await rows("--list-plugins")
        let texts = rows.map { row in
            let kinds = row["kinds"] as? [String] ?? []
            return "\(row["plugin"] ?? "") \(row["id"] ?? "") \(row["state"] ?? "") \(kinds)"
        }
        #expect(
            texts == [
                #"Database agent.database usable ["metrics"]"#,
                #"Grafana agent.grafana usable ["service"]"#,
                #"LiveSession agent.live_session usable ["metrics"]"#,
                #"Prometheus agent.prometheus usable ["route"]"#,
                #"Quota agent.quota usable ["metrics"]"#,
                #"Runner agent.runner usable ["metrics"]"#,
                #"StatsD agent.statsd usable ["exporter", "stream", "service"]"#,
            ])
        for row in rows {
            #expect((row["sha256"] as? String)?.count == 64)
            #expect((row["file"] as? String)?.hasPrefix("/") == true)
        }
    }

    @Test func `a library in no configuration is listed by its path, and refused with a sentence`()
        async throws
    {
        try await FixturePlugin.build("good", "no-note", in: directory)
        let good = directory.path("good.so")
        let metrics = try await rows("--list-metrics", "--plugin", good)
        let own = metrics.filter { $0["plugin"] as? String == "good" }
        #expect(own.compactMap { $0["name"] as? String } == ["good_depth", "good_events_total"])
        #expect(!metrics.contains { ($0["plugin"] as? String) == "runner" })
        #expect(try await rows("--list-plugins", "--plugin", good).count == 1)

        // By a path as the shell means it.
        let outcome = try await ChildProcess.run(
            agentExecutable,
            ["--list-plugins", "--plugin", "./no-note.so", "--plugin", "nowhere.so"],
            directory: directory.path)
        #expect(outcome.exit == .code(1))
        let sentences = outcome.errors.split(separator: "\n")
        #expect(sentences.count == 2)
        #expect(sentences.first?.contains("no-note.so: is a library but no plugin") == true)
        #expect(sentences.last?.contains("nowhere.so: there is no such file") == true)
        #expect(outcome.output.contains("refused"))
    }

    @Test func `a plugin of the configuration that is refused does not hide the others`()
        async throws
    {
        try await FixturePlugin.build("no-note", in: directory)
        let file = try directory.write(
            #"{ "plugins": [ { "library": "./no-note.so" }, { "plugin": "Runner" } ] }"#,
            to: "config.json")
        let outcome = try await AgentProcess.run("--list-plugins", "--json", "--config", file)
        #expect(outcome.exit == .code(0))
        #expect(outcome.errors.contains("it has no note"))
        let rows = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.outputBytes)) as? [[String: Any]])
        #expect(rows.map { $0["state"] as? String } == ["refused", "usable"])
        #expect(rows.first?["code"] as? String == "no_note")
    }

    // MARK: Tables

    @Test(arguments: [80, 120, 200])
    func `tables keep to the width, and say as many rows as there are`(width: Int) async throws {
        for listing in ["--list-metrics", "--list-events", "--list-plugins"] {
            let outcome = try await ChildProcess.run(
                agentExecutable, [listing], environment: ["COLUMNS": "\(width)"])
            let lines = outcome.output.split(separator: "\n")
            // A path is one word.
            let tooLong = lines.filter { $0.count > width && !$0.contains("/lib") }
            #expect(tooLong.isEmpty, "\(tooLong)")
            for row in try await rows(listing) {
                let name = row["name"] ?? row["event"] ?? row["handler"] ?? ""
                #expect(lines.contains { $0.hasPrefix("\(name)") }, "\(name)")
            }
        }
    }

    @Test(arguments: ["metrics", "handlers"], [80, nil])
    func `tables of what does not depend on the machine are as they were`(
        listing: String, width: Int?
    ) async throws {
        let columns = width.map { "\($0)" }
        let outcome = try await ChildProcess.run(
            agentExecutable, ["--list-\(listing)"], environment: ["COLUMNS": columns ?? ""])
        let file = listing + (columns.map { "-\($0)" } ?? "")
        let golden = "\(repositoryRoot)/Tests/Fixtures/listing/\(file).txt"
        #expect(try outcome.output == String(contentsOfFile: golden, encoding: .utf8))
    }

    // MARK: Handlers

    @Test func `a configuration says which handlers are attached, and to what`() async throws {
        var text = AgentConfigurationText()
        text.top = #"""
            "handlers": { "runs": { "attached": false },
                          "queries": { "events": ["my_app.repo.query"], "slow_query": "50ms" } },
            "pipeline": { "sampling": [{ "events": "a.*", "keep_one_in": 2 }] },
            "redaction": { "events": ["b"] },
            """#
        let file = try directory.write(text.text, to: "config.json")
        let rows = try await rows("--list-handlers", "--config", file)
        func row(_ name: String) throws -> [String: Any] {
            try #require(rows.first { $0["handler"] as? String == name })
        }
        #expect(try row("agent.log.runs")["attached"] as? Bool == false)
        #expect(try row("agent.log.queries")["attached"] as? Bool == true)
        #expect(try row("agent.log.queries")["events"] as? [String] == ["my_app.repo.query"])
        #expect(try row("pipeline")["events"] as? [String] == ["a.*", "b"])
        #expect(try row("agent.tap")["attached"] as? String == "on_demand")
    }
}
