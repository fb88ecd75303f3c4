import Foundation
import Glibc
import TestSupport
import Testing

/// What the agent does where it cannot start, or not all of it.
struct StartTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What an agent says that does not start.
    private func failure(_ text: AgentConfigurationText) async throws -> String {
        let process = try AgentProcess.start(text, in: directory)
        #expect(try await process.wait() == .code(1))
        #expect(process.output == "")
        return process.errors
    }

    @Test func `a port in use is one sentence and exit code 1, and no socket stays`() async throws {
        let other = try await RunningAgent()
        let errors = try await failure(
            AgentConfigurationText(http: "\"listen\": \"127.0.0.1:\(other.port)\""))
        #expect(
            errors == "cannot listen on 127.0.0.1:\(other.port) (\"http.listen\"): "
                + "another process listens there; stop it or choose another address\n")
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(left == ["config.json"])
    }

    @Test func `an agent that cannot listen runs nothing`() async throws {
        let other = try await RunningAgent()
        var text = AgentConfigurationText(http: "\"listen\": \"127.0.0.1:\(other.port)\"")
        text.top = #"""
            "store": { "path": "agent.db" },
            "devices": [{ "id": "box", "site": "lab", "local": { "shell": true } }],
            "schedules": [{ "name": "s", "device": "box", "command": "true", "every": "1s" }],
            """#
        _ = try await failure(text)
        let runs = try await ChildProcess.run(
            "sqlite3", [directory.path("agent.db"), "SELECT count(*) FROM runs"])
        #expect(runs.output == "0\n", "\(runs.errors)")
    }

    @Test func `a UDP port in use is one sentence`() async throws {
        let other = try await RunningAgent()
        let address = "127.0.0.1:\(try other.udpPort)"
        let errors = try await failure(
            AgentConfigurationText(intake: "\"udp\": { \"listen\": \"\(address)\" }"))
        #expect(errors.hasPrefix("cannot listen on \(address): another process listens there"))
        #expect(errors.split(separator: "\n").count == 1, "\(errors)")
    }

    @Test(arguments: [
        ("nosuchhost.invalid:0", "no address is known by that name; give an IP address"),
        ("192.0.2.1:0", "this machine does not have that address"),
    ])
    func `an address that cannot be had is one sentence`(address: String, reason: String)
        async throws
    {
        let errors = try await failure(
            AgentConfigurationText(http: "\"listen\": \"\(address)\""))
        #expect(errors == "cannot listen on \(address) (\"http.listen\"): \(reason)\n")
    }

    @Test(arguments: [
        ("/sys/agent.sock", "permission denied; choose an address this user may open"),
        (
            "config.json/agent.sock",
            "its directory does not exist; create it or choose another path"
        ),
        ("no/such/agent.sock", "its directory does not exist; create it or choose another path"),
        ("config.json", "a file that is no socket is in the way; move it or choose another path"),
    ])
    func `a socket that cannot be made is one sentence`(path: String, reason: String) async throws {
        let errors = try await failure(
            AgentConfigurationText(intake: "\"unix_stream\": { \"path\": \"\(path)\" }"))
        let resolved = path.hasPrefix("/") ? path : directory.path(path)
        #expect(errors == "cannot listen on \(resolved): \(reason)\n")
    }

    @Test func `a socket's directory is made where only it is missing`() async throws {
        let agent = try await RunningAgent(
            AgentConfigurationText(intake: #""unix_stream": { "path": "run/agent.sock" }"#),
            in: directory)
        try Connection(unix: directory.path("run/agent.sock")).send("a.b count=1i\n")
        try await waitUntil("the event") {
            try await agent.samples()[#"agent_events_total{source="unix_stream"}"#] == 1
        }
    }

    @Test func `a socket file that an agent left behind is taken over`() async throws {
        let killed = try await RunningAgent(in: directory)
        killed.process.signal(SIGKILL)
        try await killed.process.wait()
        #expect(FileManager.default.fileExists(atPath: killed.streamSocket))

        let agent = try await RunningAgent(in: directory)
        try Connection(unix: agent.streamSocket).send("a.b count=1i\n")
        try Connection(unix: agent.datagramSocket, datagram: true).send("a.b count=1i\n")
        try await waitUntil("both events") {
            let samples = try await agent.samples()
            return samples[#"agent_events_total{source="unix_stream"}"#] == 1
                && samples[#"agent_events_total{source="unix_datagram"}"#] == 1
        }
    }

    @Test func `a socket that another agent serves is left alone`() async throws {
        let running = try await RunningAgent(in: directory)
        let errors = try await failure(AgentConfigurationText())
        #expect(
            errors == "cannot listen on \(running.streamSocket): another process listens there; "
                + "stop it or choose another address\n")
        try Connection(unix: running.streamSocket).send("a.b count=1i\n")
        try await waitUntil("the event") {
            try await running.samples()[#"agent_events_total{source="unix_stream"}"#] == 1
        }
    }

    @Test func `a plugin that is refused is told in a sentence, and the rest runs`() async throws {
        try await FixturePlugin.build("no-note", "create-fails", in: directory)
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "library": "./no-note.so" }"#, #"{ "library": "./create-fails.so" }"#,
                #"{ "plugin": "Nowhere" }"#, #"{ "plugin": "Prometheus" }"#,
            ]), in: directory)
        let samples = try await agent.samples()
        #expect(samples[#"agent_plugin_up{plugin="prometheus"}"#] == 1)
        for (name, reason) in [
            ("no-note", "it has no note .note.agent.plugin"),
            ("create-fails", "must be even"), ("nowhere", "not found in the plugin directories"),
        ] {
            #expect(samples["agent_plugin_up{plugin=\"\(name)\"}"] == 0)
            let banner = try await agent.process.waitForLine(containing: "  refused   \(name): ")
            #expect(banner.contains(reason), "\(banner)")
        }
        let listed = try await agent.client.get("/v1/plugins").text
        #expect(listed.components(separatedBy: #""state":"refused""#).count == 4, "\(listed)")
    }

    @Test func `without a plugin that is required the agent does not start`() async throws {
        try await FixturePlugin.build("no-note", in: directory)
        let errors = try await failure(
            AgentConfigurationText(plugins: [#"{ "library": "./no-note.so", "required": true }"#]))
        let last = try #require(errors.split(separator: "\n").last)
        #expect(last.hasPrefix("the required plugin \"no-note\" was refused: "))
        #expect(last.contains("it has no note"))
        #expect(!FileManager.default.fileExists(atPath: directory.path("agent.sock")))
    }

    @Test func `a long path of a plugin's is in the banner like any other`() async throws {
        let path = "/metrics/of/this/very/agent-and-of-nothing-else"
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "plugin": "Prometheus", "settings": { "path": "\#(path)" } }"#
            ]))
        #expect(agent.process.errors.contains("http://127.0.0.1:\(agent.port)\(path)\n"))
        #expect(try await agent.client.get(path).status == 200)
    }

    @Test func `a token's file that others may read is refused, and nothing runs`() async throws {
        try directory.write("0123456789abcdef\n", to: "run/agent.token")
        #expect(chmod(directory.path("run/agent.token"), 0o644) == 0)
        var text = AgentConfigurationText()
        text.top = #""devices": [ { "id": "box" } ],"#
        let errors = try await failure(text)
        #expect(
            errors.contains("the token's file \(directory.path("run/agent.token")) has mode 644"))
        #expect(errors.contains("rm \(directory.path("run/agent.token"))"))
        #expect(!FileManager.default.fileExists(atPath: directory.path("run/agent.db")))
    }
}
