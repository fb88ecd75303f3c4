import Foundation
import TestSupport
import Testing

/// The running agent pushes dashboards to a Grafana over real HTTP.
@Suite(.serialized)
struct GrafanaPushTests {
    private let push: GrafanaPush

    init() throws { push = try GrafanaPush("a", "b") }

    private func waitForBoards(
        _ server: GrafanaServer, _ condition: (GrafanaServer.State) -> Bool = { _ in true }
    ) async throws -> GrafanaServer.State {
        try await waitFor("both dashboards in Grafana") {
            let state = try await server.state()
            return state.dashboards["agent-a"] != nil && state.dashboards["agent-b"] != nil
                && condition(state) ? state : nil
        }
    }

    /// The requests about dashboards that come once all is pushed.
    private func quietRequests(_ server: GrafanaServer, passes: Int) async throws -> [String] {
        let before = try await waitFor("the annotation") {
            let state = try await server.state()
            return state.annotations.isEmpty ? nil : state.requests.count
        }
        return try await waitFor("\(passes) looks") {
            let requests = try await server.state().requests.dropFirst(before)
            return requests.count >= passes * 2 ? Array(requests) : nil
        }
    }

    @Test func `relative directories lie beside the configuration`() async throws {
        let server = try await GrafanaServer()
        let agent = try await RunningAgent(
            push.configuration(
                url: "\"http://127.0.0.1:\(server.port)\"", directory: "dashboards"),
            in: push.directory)
        _ = try await waitForBoards(server)
        #expect(agent.process.ended == nil)
    }

    @Test(arguments: ["legacy", "both", "resources"])
    func `dashboards, their folder and the agent's life come to Grafana`(api: String) async throws {
        let server = try await GrafanaServer("--api", api, "--path", "/grafana")
        let agent = try await push.agent(url: "http://127.0.0.1:\(server.port)/grafana/")
        let state = try await waitForBoards(server)
        #expect(state.folders == ["agent": "Agent"])
        for (uid, board) in state.dashboards {
            #expect(board.folder == "agent")
            #expect(board.version == 1)
            #expect(board.messages.count == 1)
            #expect(board.messages[0].hasPrefix("agent 1."), "\(board.messages)")
            #expect(board.tags.contains("pushed-by-agent"))
            #expect(board.model.contains("prom-uid"), "\(uid): \(board.model)")
        }
        #expect(state.requests.contains { $0.contains("/apis/dashboard.") } == (api != "legacy"))

        let quiet = try await quietRequests(server, passes: 3)
        #expect(quiet.allSatisfy { $0.hasPrefix("GET ") && $0.contains("dashboards/") }, "\(quiet)")

        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        let annotations = try await server.state().annotations
        #expect(annotations.count == 1)
        let start = annotations.first?["time"] as? Int ?? .max
        let end = annotations.first?["timeEnd"] as? Int ?? 0
        #expect(end >= start)
        #expect((annotations.first?["text"] as? String)?.hasPrefix("agent 1.") == true)
        #expect(try await server.state().dashboards.values.allSatisfy { $0.version == 1 })
    }

    @Test(arguments: ["legacy", "both"])
    func `nothing to do is one request for each dashboard, also for an agent that starts`(
        api: String
    ) async throws {
        let server = try await GrafanaServer("--api", api)
        for _ in 1...2 {
            let agent = try await push.agent(url: "http://127.0.0.1:\(server.port)")
            _ = try await waitForBoards(server)
            _ = try await quietRequests(server, passes: 2)
            agent.process.terminate()
            try await agent.process.wait()
        }
        let lines = try await server.state().requests
        let second = lines[(try #require(lines.lastIndex { $0.hasSuffix(" /apis") }))...]
        #expect(
            !second.contains { $0.hasPrefix("PUT") || $0.contains("dashboards/db") }, "\(second)")
        #expect(second.filter { $0.contains("folder") }.count <= (api == "legacy" ? 0 : 1))
    }

    @Test func `changed files are pushed while the agent runs, as one more version`() async throws {
        let server = try await GrafanaServer()
        let agent = try await push.agent(url: "http://127.0.0.1:\(server.port)")
        _ = try await waitForBoards(server)
        try push.write("a", panel: "down")
        let state = try await waitForBoards(server) { $0.dashboards["agent-a"]?.version == 2 }
        #expect(state.dashboards["agent-a"]?.model.contains("down") == true)
        #expect(state.dashboards["agent-b"]?.version == 1)
        #expect(agent.process.ended == nil)
    }

    @Test(arguments: [
        ("keep", 2, "Mine"), ("overwrite", 3, "Board a"), ("copy", 3, "Board a"),
    ])
    func `what people changed is treated as the operator says`(
        policy: String, version: Int, title: String
    ) async throws {
        let server = try await GrafanaServer()
        let first = try await push.agent(url: "http://127.0.0.1:\(server.port)")
        _ = try await waitForBoards(server)
        first.process.terminate()
        try await first.process.wait()
        try await server.edit("agent-a", title: "Mine")

        let agent = try await push.agent(
            url: "http://127.0.0.1:\(server.port)", "\"on_conflict\": \"\(policy)\"")
        if policy == "keep" {
            _ = try await agent.process.waitForLine(containing: "stays so")
        }
        let state = try await waitForBoards(server) { $0.dashboards["agent-a"]?.version == version }
        #expect(state.dashboards["agent-a"]?.title == title)
        _ = try await quietRequests(server, passes: 2)
        let later = try await server.state()
        #expect(later.dashboards["agent-a"]?.version == version)
        #expect(
            later.dashboards["edited-agent-a-v2"]?.title
                == (policy == "copy" ? "Mine (edited, version 2)" : nil))
    }

    @Test func `a folder that is deleted or renamed is repaired`() async throws {
        let server = try await GrafanaServer()
        let url = "http://127.0.0.1:\(server.port)"
        let agent = try await push.agent(url: url)
        _ = try await waitForBoards(server)
        try await server.deleteFolder("agent")
        #expect(try await waitForBoards(server).folders == ["agent": "Agent"])
        agent.process.terminate()
        try await agent.process.wait()
        let renaming = try await push.agent(url: url, #""folder_title": "Metrics""#)
        _ = try await waitForBoards(server) { $0.folders == ["agent": "Metrics"] }
        #expect(renaming.process.ended == nil)
    }

    @Test(arguments: ["legacy", "both"])
    func `what is pushed no more is removed where that is asked for`(api: String) async throws {
        let server = try await GrafanaServer("--api", api)
        let agent = try await push.agent(
            url: "http://127.0.0.1:\(server.port)", #""remove_retired": true"#)
        _ = try await waitForBoards(server)
        try push.remove("b")
        try await waitUntil("b to go") {
            try await server.state().dashboards.keys.sorted() == ["agent-a"]
        }
        // A file that cannot be read is no dashboard that is wanted no more.
        try push.directory.write("{", to: "dashboards/a.json")
        _ = try await agent.process.waitForLine(containing: "a dashboard cannot be used")
        #expect(try await server.state().dashboards.keys.sorted() == ["agent-a"])
    }

    @Test(arguments: ["legacy", "both"])
    func `agents that start at once end in one version`(api: String) async throws {
        let server = try await GrafanaServer("--api", api)
        let url = "http://127.0.0.1:\(server.port)"
        async let one = push.agent(url: url)
        async let two = push.agent(url: url)
        async let three = push.agent(url: url)
        let agents = try await [one, two, three]
        _ = try await waitForBoards(server)
        _ = try await quietRequests(server, passes: 6)
        let state = try await server.state()
        #expect(state.dashboards.values.allSatisfy { $0.version == 1 })
        #expect(state.folders == ["agent": "Agent"])
        #expect(agents.allSatisfy { $0.process.ended == nil })
    }

    @Test func `dashboards of running plugins are pushed too`() async throws {
        let library = try TemporaryDirectory()
        try await FixturePlugin.build("dashboards-good", in: library)
        let server = try await GrafanaServer()
        var configuration = push.configuration(url: "\"http://127.0.0.1:\(server.port)\"")
        configuration.plugins.append(
            "{ \"library\": \"\(library.path("dashboards-good.so"))\", \"name\": \"boards\" }")
        let agent = try await RunningAgent(configuration)
        let state = try await waitForBoards(server) { $0.dashboards.count > 2 }
        #expect(state.dashboards.values.allSatisfy { $0.folder == "agent" })
        #expect(agent.process.ended == nil)
    }

    @Test func `the server of these tests satisfies grafana-client`() async throws {
        let server = try await GrafanaServer("--token", "t0ken")
        let checked = try await PythonTool.grafanaClientCheck.run(["\(server.port)", "t0ken"])
        #expect(checked.exit == .code(0), "\(checked.errors)")
    }
}
