import Foundation
import TestSupport
import Testing

/// Libraries that would end or stop the agent are named, and it goes on without them.
struct HostilePluginTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func entry(_ name: String) -> String {
        #"{ "library": "\#(directory.path(name)).so", "name": "\#(name)" }"#
    }

    @Test func `the agent goes on without what crashes, ends or hangs, and says which that is`()
        async throws
    {
        let names = ["exit-in-constructor", "abort-in-constructor", "zero-tail", "hang-in-entry"]
        try await FixturePlugin.build(
            "exit-in-constructor", "abort-in-constructor", "zero-tail", "hang-in-entry",
            in: directory)
        var text = AgentConfigurationText()
        text.plugins += names.map(entry)
        let agent = try await RunningAgent(text, in: directory)
        #expect(try await agent.client.get("/metrics").status == 200)
        let plugins = try await agent.client.get("/v1/plugins").text
        for name in names {
            #expect(plugins.contains("\(directory.path(name)).so"), "\(plugins)")
        }
        #expect(plugins.contains("with exit code 0"))
        #expect(plugins.contains("with SIGABRT"))
        agent.process.signal(SIGTERM)
        #expect(try await agent.process.wait() == .code(0))
    }

    @Test func `a configuration with such a plugin is checked to the end`() async throws {
        try await FixturePlugin.build("abort-in-constructor", in: directory)
        var text = AgentConfigurationText()
        text.plugins += [entry("abort-in-constructor")]
        let file = try directory.write(text.text, to: "config.json")
        let checked = try await AgentProcess.run("--check-config", file)
        #expect(checked.exit == .code(2))
        #expect(checked.errors.contains("crashed while its initialisers ran with SIGABRT"))
    }

    @Test func `an agent ends although a plugin still hangs in create`() async throws {
        try await FixturePlugin.build("hang-in-create", in: directory)
        var text = AgentConfigurationText()
        text.plugins += [entry("hang-in-create")]
        let agent = try await RunningAgent(text, in: directory)
        #expect(try await agent.client.get("/v1/plugins").text.contains("create did not return"))
        agent.process.signal(SIGTERM)
        #expect(try await agent.process.wait() == .code(0))
    }

    @Test func `requests that hang in one plugin keep no other plugin's route away`() async throws {
        try await FixturePlugin.build("hang-in-route", in: directory)
        var text = AgentConfigurationText()
        text.plugins += [entry("hang-in-route")]
        let agent = try await RunningAgent(text, in: directory)
        let hanging = (0..<9).map { _ in
            Task { try? await agent.client.get("/fixture/hang-in-route").status }
        }
        defer { for task in hanging { task.cancel() } }
        // One of nine finds all eight of that plugin's threads taken.
        #expect(try await agent.client.get("/metrics").status == 200)
        agent.process.signal(SIGTERM)
        #expect(try await agent.process.wait() == .code(0))
    }
}
