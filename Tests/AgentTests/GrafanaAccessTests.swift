import Foundation
import TestSupport
import Testing

/// How Grafana is reached, and what of it is seen nowhere.
@Suite(.serialized)
struct GrafanaAccessTests {
    private let push: GrafanaPush

    init() throws { push = try GrafanaPush("a", "b") }

    @discardableResult
    private func waitForBoards(_ server: GrafanaServer) async throws -> GrafanaServer.State {
        try await waitFor("both dashboards in Grafana") {
            let state = try await server.state()
            return state.dashboards.count == 2 ? state : nil
        }
    }

    // MARK: Off and on

    @Test(arguments: [[:], ["PROMEX_GRAFANA_URL": ""]])
    func `without an address the plugin is off, says so once and loads no libcurl`(
        environment: [String: String]
    ) async throws {
        let off = push.configuration(
            url: #"{ "env": "PROMEX_GRAFANA_URL" }"#,
            #""api_key": { "env": "PROMEX_GRAFANA_API_KEY" }"#)
        let variables =
            environment.isEmpty
            ? ["PROMEX_GRAFANA_URL": "", "PROMEX_GRAFANA_API_KEY": ""] : [:]
        let agent = try await RunningAgent(off, environment: variables)
        let said = agent.process.errors.components(separatedBy: "nothing is pushed").count - 1
        #expect(said == 1, "\(agent.process.errors)")
        #expect(try await agent.samples()[#"agent_plugin_up{plugin="grafana"}"#] == 1)
        let maps = try String(
            contentsOfFile: "/proc/\(agent.process.processID)/maps", encoding: .utf8)
        #expect(maps.contains("libGrafana") || maps.contains("memfd"))
        #expect(!maps.contains("libcurl") && !maps.contains("libssl"))
    }

    @Test func `address and key come from the environment`() async throws {
        let server = try await GrafanaServer("--token", "glsa_0123456789")
        let agent = try await RunningAgent(
            push.configuration(
                url: #"{ "env": "PROMEX_GRAFANA_URL" }"#,
                #""api_key": { "env": "PROMEX_GRAFANA_API_KEY" }"#),
            environment: [
                "PROMEX_GRAFANA_URL": "http://127.0.0.1:\(server.port)",
                "PROMEX_GRAFANA_API_KEY": "glsa_0123456789",
            ])
        try await waitForBoards(server)
        #expect(agent.process.ended == nil)
    }

    // MARK: Credentials

    @Test(arguments: ["settings", "address"])
    func `a user and a password are sent, and the organisation`(place: String) async throws {
        let server = try await GrafanaServer("--user", "ops", "--password", "p@ss:w%rd")
        let inURL = place == "address"
        let agent = try await push.agent(
            url: "http://\(inURL ? "ops:p%40ss%3Aw%25rd@" : "")127.0.0.1:\(server.port)",
            #""org_id": 7"# + (inURL ? "" : #", "user": "ops", "password": "p@ss:w%rd""#))
        let state = try await waitForBoards(server)
        #expect(state.organisations.allSatisfy { $0 == "7" })
        #expect(agent.process.ended == nil)
    }

    @Test func `no secret is seen anywhere, whatever a server says`() async throws {
        let secrets = ["glsa_t0kenSecret", "keyPassSecret", "proxyPassSecret", "urlPassSecret"]
        let server = try await GrafanaServer("--token", "glsa_t0kenSecret")
        let echo = #""body": {"message": "Bearer glsa_t0kenSecret urlPassSecret, proxyPassSecret"}"#
        for fault in [
            "\"status\": 401, \(echo)", "\"status\": 500, \(echo)", "\"status\": 400, \(echo)",
            "\"status\": 429, \(echo)", #""cut": true"#, #""raw": "glsa_t0kenSecret""#,
            "\"status\": 302, \"headers\": {\"Location\": \"http://u:glsa_t0kenSecret@h/x?k=urlPassSecret\"}, \(echo)",
        ] {
            try await server.fault("dashboards", fault)
        }
        let agent = try await push.agent(
            url: "http://urluser:urlPassSecret@127.0.0.1:\(server.port)",
            #"""
            "api_key": { "env": "KEY" }, "client_key_password": "keyPassSecret",
            "proxy": "http://proxyuser:proxyPassSecret@127.0.0.1:\#(server.port)"
            """#, environment: ["KEY": "glsa_t0kenSecret"])
        var seen = ""
        for path in ["/metrics", "/v1/plugins", "/v1/metrics", "/health/detailed", "/"] {
            seen += try await agent.client.get(path).text
        }
        try await waitUntil("all faults") {
            seen += try await agent.client.get("/v1/plugins").text
            return try await server.state().faults == 0
        }
        try await waitForBoards(server)
        agent.process.terminate()
        try await agent.process.wait()
        seen += agent.process.errors + agent.process.output
        #expect(seen.contains("401") && seen.contains("(secret)"), "\(seen)")
        for secret in secrets { #expect(!seen.contains(secret), "\(secret)") }
        let listed = try await AgentProcess.run(
            "--list-plugins", "--json", "--config", agent.directory.path("config.json"))
        for secret in secrets { #expect(!(listed.output + listed.errors).contains(secret)) }
    }

    @Test(arguments: [
        #""url": "http://u:hunter2@""#, #""url": "ftp://u:hunter2@h""#,
        #""url": "http://h", "api_key": "hunter2\n""#, #""url": "http://h?hunter2""#,
        #""url": "http://h", "password": "hunter2""#,
    ])
    func `settings that cannot work are refused without being shown`(settings: String) async throws
    {
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "plugin": "Prometheus" }"#,
                "{ \"plugin\": \"Grafana\", \"settings\": { \(settings) } }",
            ]))
        let refused = try await agent.process.waitForLine(containing: "refused   grafana: ")
        #expect(refused.contains("setting"))
        #expect(!agent.process.errors.contains("hunter2"), "\(agent.process.errors)")
    }

    @Test func `a proxy is used where one is set`() async throws {
        // It takes the request for a host that does not exist as its own.
        let server = try await GrafanaServer()
        let agent = try await push.agent(
            url: "http://grafana.invalid:3000",
            "\"proxy\": \"http://127.0.0.1:\(server.port)\"")
        let state = try await waitForBoards(server)
        #expect(state.requests.allSatisfy { $0.contains("http://grafana.invalid:3000/ap") })
        #expect(agent.process.ended == nil)
    }

    // MARK: TLS

    private func certificates() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let made = try await ChildProcess.run(
            "sh", ["\(repositoryRoot)/Tests/Support/make_certificates.sh", directory.path])
        #expect(made.exit == .code(0), "\(made.errors)")
        return directory
    }

    @Test func `a server of the given authority is trusted, and shown a client's certificate`()
        async throws
    {
        let files = try await certificates()
        let server = try await GrafanaServer(
            "--certificate", files.path("server.pem"), "--key", files.path("server.key"),
            "--client-ca", files.path("ca.pem"))
        let agent = try await push.agent(
            url: "https://127.0.0.1:\(server.port)",
            """
            "ca_file": "\(files.path("ca.pem"))", "client_key_password": "unlock",
            "client_certificate_file": "\(files.path("client.pem"))",
            "client_key_file": "\(files.path("client.key"))"
            """)
        try await waitForBoards(server)
        #expect(agent.process.ended == nil)
    }

    @Test(arguments: ["expired.pem", "server.pem"])
    func `an expired certificate and an unknown authority are refused`(name: String) async throws {
        let files = try await certificates()
        let server = try await GrafanaServer(
            "--certificate", files.path(name), "--key", files.path("server.key"))
        let trust = name == "expired.pem" ? "\"ca_file\": \"\(files.path("ca.pem"))\"" : ""
        let agent = try await push.agent(url: "https://127.0.0.1:\(server.port)", trust)
        let line = try await agent.process.waitForLine(containing: "cannot be talked to")
        #expect(line.contains("SSL"), "\(line)")
        #expect(try await server.state().requests.isEmpty)
    }
}
