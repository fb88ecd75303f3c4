import Foundation
import Glibc
import TestSupport
import Testing

/// Plugins that a third party brought, in a running agent.
struct ThirdPartyPluginTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func contents(_ name: String) -> String {
        (try? String(contentsOfFile: directory.path(name), encoding: .utf8)) ?? ""
    }

    @Test func `the C example, built by its Makefile, exports what events came to`() async throws {
        let source = "\(repositoryRoot)/Examples/exporter-c"
        for file in ["Makefile", "exporter.c"] {
            try FileManager.default.copyItem(
                atPath: "\(source)/\(file)", toPath: directory.path(file))
        }
        let made = try await ChildProcess.run(
            "make", ["AGENT_INCLUDE=\(repositoryRoot)/Sources/CAgentPlugin/include"],
            directory: directory.path)
        #expect(made.exit == .code(0), "\(made.errors)")

        var text = AgentConfigurationText(plugins: [
            #"""
            { "library": "exporter.so", "name": "textfile", "interval": "100ms",
              "include": ["runner_*"], "settings": { "path": "\#(directory.path("out.prom"))" } }
            """#,
            #"{ "plugin": "Runner" }"#, #"{ "plugin": "Prometheus" }"#,
        ])
        text.top = "\"plugin_directories\": [\".\", \"\(builtProductsDirectory)\"],"
        let agent = try await RunningAgent(text, in: directory)
        let event = "net_auto.run.created,site=chi1,protocol=ssh,device_id=d1 count=1i\n"
        try Connection(unix: agent.streamSocket).send(String(repeating: event, count: 500))
        let line = #"runner_runs_created_total{site="chi1",protocol="ssh"} 500"#
        try await waitUntil("the export of all events") { contents("out.prom").contains(line) }
        #expect(!contents("out.prom").contains("agent_"))
        let samples = try await agent.samples()
        #expect(samples[#"agent_plugin_up{plugin="textfile"}"#] == 1)
        #expect(samples[#"agent_exports_total{plugin="textfile",result="ok"}"#] ?? 0 >= 1)

        // What comes last is still exported.
        try Connection(unix: agent.streamSocket).send(event)
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(contents("out.prom").contains(line.replacing("500", with: "501")))
    }

    @Test func `libraries that are overwritten in place while events flow do no harm`()
        async throws
    {
        try await FixturePlugin.build("counting-v1", "handler-good", in: directory)
        let report = directory.path("handled")
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "library": "./counting-v1.so", "name": "counting" }"#,
                #"""
                { "library": "./handler-good.so", "name": "handler",
                  "settings": { "path": "\#(report)" } }
                """#,
                #"{ "plugin": "Prometheus" }"#,
            ]), in: directory)

        let events = 3000
        let connection = try Connection(unix: agent.streamSocket)
        for number in 0..<30 {
            let line = "fixture.counted,site=chi1 bytes=2i\n"
            try connection.send(String(repeating: line, count: events / 30))
            for library in ["counting-v1.so", "handler-good.so"] where number % 3 == 1 {
                try overwrite(directory.path(library), emptying: number % 2 == 1)
            }
        }
        let series = #"counting_events_total{site="chi1"}"#
        try await waitUntil("all events") {
            try await agent.samples()[series] == Double(events)
        }
        let samples = try await agent.samples()
        #expect(samples[#"agent_plugin_up{plugin="counting"}"#] == 1)
        #expect(samples[#"agent_plugin_up{plugin="handler"}"#] == 1)
        #expect(samples[#"agent_events_total{source="unix_stream"}"#] == Double(events))
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(contents("handled") == "\(events)\n")
    }

    /// The same inode, other bytes, then perhaps nothing at all: code mapped from it would be gone.
    private func overwrite(_ path: String, emptying: Bool) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: Data(repeating: 0xCC, count: 16384))
        if emptying { try file.truncate(atOffset: 0) }
        try file.close()
    }
}
