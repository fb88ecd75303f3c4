import Foundation
import TestSupport
import Testing

/// `agent dashboards push` and `diff`, with a Grafana over real HTTP.
struct DashboardsPushTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func agent(_ arguments: String...) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            agentExecutable, ["dashboards"] + arguments, directory: directory.path)
    }

    /// A configuration that pushes to a port, and a dashboard of it.
    private func prepare(port: UInt16, _ settings: String = "") async throws -> String {
        let config = try directory.write(
            AgentConfigurationText(plugins: [
                #"{ "plugin": "Runner", "metric_prefix": "shop" }"#,
                #"""
                { "plugin": "Grafana", "settings": { \#(settings)
                  "url": "http://127.0.0.1:\#(port)", "api_key": "s3cret-key" } }
                """#,
            ]).text, to: "agent.json")
        _ = try await agent("generate", "runner", "--output", "boards")
        return config
    }

    /// Of each dashboard, what became of it.
    private func results(_ outcome: ChildProcess.Outcome) throws -> [String: String] {
        let json = try JSONSerialization.jsonObject(with: Data(outcome.outputBytes))
        let rows = (json as? [String: Any])?["dashboards"] as? [[String: String]] ?? []
        return Dictionary(
            rows.map { ($0["uid"] ?? "", $0["result"] ?? "") }, uniquingKeysWith: { $1 })
    }

    @Test(arguments: ["legacy", "both"])
    func `diff writes nothing, push does it once, and both say what became of each`(
        api: String
    ) async throws {
        let server = try await GrafanaServer("--api", api)
        let config = try await prepare(port: server.port)
        let before = try await agent("diff", "boards", "--json", "--config", config)
        #expect(before.exit == .code(1), "\(before.errors)")
        #expect(try results(before)["agent-runner"] == "would create")
        let untouched = try await server.state()
        #expect(untouched.dashboards.isEmpty && untouched.folders.isEmpty)
        #expect(untouched.requests.allSatisfy { $0.hasPrefix("GET ") }, "\(untouched.requests)")

        let pushed = try await agent("push", "boards", "--json", "--config", config)
        #expect(pushed.exit == .code(0), "\(pushed.errors)")
        #expect(try results(pushed)["agent-runner"] == "created")
        let state = try await server.state()
        let board = try #require(state.dashboards["agent-runner"])
        // As the configuration has the names, and nothing of an agent that would run.
        #expect(board.model.contains("shop_active_runs") && !board.model.contains("runner_active"))
        #expect(state.annotations.isEmpty && state.folders == ["agent": "Agent"])

        for verb in ["push", "diff"] {
            let again = try await agent(verb, "boards", "--json", "--config", config)
            #expect(again.exit == .code(0), "\(again.errors)")
            #expect(try results(again)["agent-runner"] == "unchanged")
        }
        #expect(try await server.state().dashboards["agent-runner"]?.version == 1)
    }

    @Test func `without names it does exactly what the plugin does while the agent runs`()
        async throws
    {
        let server = try await GrafanaServer()
        let plugins = [
            #"{ "plugin": "Runner", "metrics": { "device_runs_total": { "drop": true } } }"#,
            #"""
            { "plugin": "Grafana", "settings": { "url": "http://127.0.0.1:\#(server.port)",
              "api_key": "k", "dashboards": "mine", "remove_retired": true, "annotations": false } }
            """#,
            #"""
            { "name": "brought", "library": "\#(directory.path)/dashboards-good.so" }
            """#,
        ]
        try await FixturePlugin.build("dashboards-good", in: directory)
        // Lint finds fault with it, for the configuration drops what it reads.
        try directory.write(
            #"{"uid": "agent-mine", "title": "Mine", "panels": [{"targets": [{"expr": "runner_device_runs_total"}]}]}"#,
            to: "mine/mine.json")
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: plugins), in: directory)
        let uids: Set<String> = ["agent-mine", "fixture-overview"]
        try await waitUntil("what the agent pushes") {
            try await Set(server.state().dashboards.keys) == uids
        }
        let config = directory.path("config.json")
        for verb in ["diff", "push"] {
            let outcome = try await self.agent(verb, "--json", "--config", config)
            #expect(outcome.exit == .code(0), "\(outcome.errors)")
            #expect(
                try results(outcome)
                    == ["agent-mine": "unchanged", "fixture-overview": "unchanged"])
        }
        #expect(try await Set(server.state().dashboards.keys) == uids)
        _ = agent
    }

    @Test func `what is retired is removed, and a named dashboard makes nothing retired`()
        async throws
    {
        let server = try await GrafanaServer()
        try directory.write(#"{"uid": "agent-a", "title": "A"}"#, to: "mine/a.json")
        let gone = try directory.write(#"{"uid": "agent-b", "title": "B"}"#, to: "mine/b.json")
        let config = try await prepare(
            port: server.port, #""dashboards": "mine", "remove_retired": true,"#)
        _ = try await agent("push", "--config", config)
        _ = try await agent("push", "boards", "--config", config)
        let all = try await server.state().dashboards.keys
        #expect(Set(all).isSuperset(of: ["agent-a", "agent-b", "agent-runner"]))
        try FileManager.default.removeItem(atPath: gone)
        let pushed = try await agent("push", "--json", "--config", config)
        #expect(try results(pushed)["agent-b"] == "removed", "\(pushed.output)")
        #expect(try results(pushed)["agent-a"] == "unchanged")
    }

    @Test func `environments with prefixes of their own share one Grafana`() async throws {
        let server = try await GrafanaServer()
        try directory.write(
            #"{"uid": "agent-x", "title": "X", "links": [{"url": "/d/agent-x?a=b"}]}"#,
            to: "mine/x.json")
        for name in ["staging", "production", "staging"] {
            let config = try await prepare(
                port: server.port,
                #""dashboards": "mine", "folder_uid": "\#(name)", "uid_prefix": "\#(name)-","#)
            let outcome = try await agent("push", "--config", config)
            #expect(outcome.exit == .code(0), "\(outcome.errors)")
        }
        let boards = try await server.state().dashboards
        #expect(boards["staging-agent-x"]?.folder == "staging")
        #expect(boards["production-agent-x"]?.folder == "production")
        #expect(boards["agent-x"] == nil && boards["staging-agent-x"]?.version == 1)
        #expect(boards["staging-agent-x"]?.model.contains("/d/staging-agent-x?a=b") == true)
    }

    @Test func `what people changed is told, and stays`() async throws {
        let server = try await GrafanaServer()
        let config = try await prepare(port: server.port)
        _ = try await agent("push", "boards", "--config", config)
        try await server.edit("agent-runner", title: "Mine")
        for (verb, exit) in [("diff", Int32(1)), ("push", 0)] {
            let outcome = try await agent(verb, "boards", "--config", config)
            #expect(outcome.exit == .code(exit), "\(outcome.errors)")
            #expect(outcome.output.contains("kept"), "\(outcome.output)")
        }
        #expect(try await server.state().dashboards["agent-runner"]?.title == "Mine")
    }

    @Test
    func `a Grafana that is not there, or refuses, is a failure with its reason and no secret`()
        async throws
    {
        let config = try await prepare(port: try freePort())
        let gone = try await agent("push", "boards", "--config", config)
        #expect(gone.exit == .code(1) && gone.errors.contains("grafana: "), "\(gone.errors)")
        let server = try await GrafanaServer()
        let refusing = try await prepare(port: server.port)
        try await server.fault("dashboards/", "\"status\": 403")
        let refused = try await agent("diff", "boards", "--config", refusing)
        #expect(refused.exit == .code(1), "\(refused)")
        for outcome in [gone, refused] {
            #expect(!(outcome.errors + outcome.output).contains("s3cret"))
        }
    }

    @Test func `a Grafana that is off is said to be`() async throws {
        let config = try directory.write(
            AgentConfigurationText(plugins: [
                #"{ "plugin": "Runner" }"#, #"{ "plugin": "Grafana" }"#,
            ]).text, to: "agent.json")
        _ = try await agent("generate", "runner", "--output", "boards")
        let outcome = try await agent("diff", "boards", "--config", config)
        #expect(outcome.exit == .code(1) && outcome.errors.contains("\"url\" is not set"))
    }
}
