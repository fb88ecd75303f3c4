import Foundation
import TestSupport
import Testing

/// What Grafana, and what stands before it, may do to a push.
@Suite(.serialized)
struct GrafanaFaultTests {
    private let push: GrafanaPush

    init() throws { push = try GrafanaPush("a", "b") }

    private func waitForBoards(_ server: GrafanaServer) async throws -> GrafanaServer.State {
        try await waitFor("both dashboards in Grafana") {
            let state = try await server.state()
            let isDone = state.dashboards.count == 2 && state.faults == 0
            return isDone ? state : nil
        }
    }

    /// What may go wrong, and with which request.
    static let faults: [(request: String, fault: String)] = {
        let anywhere = [
            #""status": 401, "body": {"message": "Invalid API key"}"#,
            #""status": 403, "body": {"message": "no"}"#,
            #""status": 429, "headers": {"Retry-After": "1"}, "body": {}"#,
            #""status": 500, "body": {"message": "oops"}"#, #""status": 502, "raw": "<html>""#,
            #""status": 503, "body": {"database": "failing"}"#, #""cut": true"#,
            #""cut": true, "after": true"#, #""raw": "{\"dashboard\": [[[""#, #""raw": """#,
            #""status": 302, "headers": {"Location": "http://192.0.2.1/login"}, "body": {}"#,
        ]
        let saving = ["version-mismatch", "name-exists", "plugin-dashboard", "strange"].map {
            "\"status\": 412, \"body\": {\"status\": \"\($0)\", \"message\": \"m\"}"
        }
        let requests = [
            "GET /apis", "POST /api/annotations", "GET /api/dashboards/uid/agent-a",
            "GET /api/folders/agent", "POST /api/folders", "POST /api/dashboards/db",
        ]
        return requests.flatMap { request in anywhere.map { (request, $0) } }
            + saving.map { ("POST /api/dashboards/db", $0) }
            + [
                ("POST /api/folders", #""status": 409, "body": {"message": "taken"}"#),
                ("POST /api/folders", #""status": 409, "after": true, "body": {"message": "t"}"#),
                ("GET /api/datasources", #""status": 403, "body": {"message": "no"}"#),
                (
                    "POST /api/dashboards/db",
                    #""status": 404, "body": {"message": "folder not found"}"#
                ),
                ("POST /api/dashboards/db", #""status": 404, "raw": "nothing here""#),
            ]
    }()

    @Test(arguments: stride(from: 0, to: faults.count, by: 12).map { $0 })
    func `every fault passes, and each dashboard is there once`(first: Int) async throws {
        let faults = Self.faults[first..<min(first + 12, Self.faults.count)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, fault) in faults.enumerated() {
                if index >= 3 { try await group.next() }
                group.addTask {
                    let server = try await GrafanaServer()
                    try await server.fault(fault.request, fault.fault)
                    let agent = try await push.agent(url: "http://127.0.0.1:\(server.port)")
                    let state = try await waitForBoards(server)
                    #expect(
                        state.dashboards.values.allSatisfy {
                            $0.version == 1 && $0.folder == "agent"
                        },
                        "\(fault)")
                    #expect(state.annotations.count <= 1, "\(fault)")
                    #expect(agent.process.ended == nil, "\(fault)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: [
        #""cut": true"#, #""cut": true, "after": true"#, #""status": 500, "body": {}"#,
    ])
    func `a start that could not be said is said later, once`(fault: String) async throws {
        let server = try await GrafanaServer()
        try await server.fault("POST /api/annotations", fault)
        let agent = try await push.agent(url: "http://127.0.0.1:\(server.port)")
        _ = try await waitForBoards(server)
        // It looks whether it was heard, and only then says it again.
        try await waitUntil("a look behind the fault") {
            let state = try await server.state()
            return state.requests.contains { $0.hasPrefix("GET /api/annotations") }
                && state.annotations.count == 1
        }
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(try await server.state().annotations.count == 1)
    }

    @Test func `a Grafana that hangs holds up neither a scrape nor the agent's end`() async throws {
        let server = try await GrafanaServer()
        try await server.fault("GET", #""hang": true, "times": 1000"#)
        let agent = try await push.agent(url: "http://127.0.0.1:\(server.port)")
        try await waitUntil("a request that hangs") { try await !server.state().requests.isEmpty }
        let samples = try await agent.samples()
        #expect(samples[#"agent_plugin_up{plugin="grafana"}"#] == 1)
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(!agent.process.errors.contains("left alone"), "\(agent.process.errors)")
    }

    @Test func `a request that hangs is given up and made again`() async throws {
        let server = try await GrafanaServer()
        try await server.fault("POST /api/dashboards/db", #""hang": true"#)
        let agent = try await push.agent(
            url: "http://127.0.0.1:\(server.port)", #""timeout": "1s""#)
        let state = try await waitForBoards(server)
        #expect(state.dashboards.values.allSatisfy { $0.version == 1 })
        #expect(agent.process.errors.contains("did not answer in time"))
    }

    @Test func `a Grafana that is not there is waited for`() async throws {
        let port = try freePort()
        let agent = try await push.agent(url: "http://127.0.0.1:\(port)")
        _ = try await agent.process.waitForLine(containing: "cannot be talked to")
        let listed = try await agent.client.get("/v1/plugins").text
        #expect(listed.contains("cannot be talked to"), "\(listed)")
        // The reason is told once, however often it is tried.
        try await waitUntil("a second try") {
            try await agent.samples()[#"agent_plugin_push_failures_total{plugin="grafana"}"#] ?? 0
                > 1
        }
        let told = agent.process.errors.components(separatedBy: "cannot be talked to").count - 1
        #expect(told == 1)
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
    }

    @Test func `credentials do not follow a redirect`() async throws {
        let other = try await GrafanaServer()
        let server = try await GrafanaServer("--token", "t0ken")
        try await server.fault(
            "GET",
            """
            "status": 302, "body": {}, "times": 2,
            "headers": {"Location": "http://u:sEcret@127.0.0.1:\(other.port)/x?token=sEcret"}
            """)
        let agent = try await push.agent(
            url: "http://127.0.0.1:\(server.port)", #""api_key": "t0ken""#)
        let line = try await agent.process.waitForLine(containing: "redirects")
        #expect(line.contains("http://127.0.0.1:\(other.port)/x"))
        _ = try await waitForBoards(server)
        #expect(try await other.state().requests.isEmpty)
        #expect(!agent.process.errors.contains("sEcret"))
    }

    @Test func `a dashboard of a Grafana plugin is left alone and told of`() async throws {
        let server = try await GrafanaServer()
        let url = "http://127.0.0.1:\(server.port)"
        let first = try await push.agent(url: url)
        _ = try await waitForBoards(server)
        first.process.terminate()
        try await first.process.wait()
        try await server.givePlugin("agent-a")
        try push.write("a", panel: "down")
        try push.write("b", panel: "down")
        let agent = try await push.agent(url: url)
        let line = try await agent.process.waitForLine(containing: "belongs to a plugin")
        #expect(line.contains("agent-a"))
        try await waitUntil("the other one") {
            try await server.state().dashboards["agent-b"]?.version == 2
        }
        #expect(try await server.state().dashboards["agent-a"]?.version == 1)
    }
}
