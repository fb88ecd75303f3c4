import Foundation
import MetricRegistry
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct StartTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    @Test func `one that is refused is told of and does not stop the others`() async throws {
        let told = try EventRecorder(agent.bus, "agent.plugin.*")
        var required = agent.spec("not-elf")
        required.isRequired = true
        let outcomes = await agent.host.start([
            agent.spec("create-fails"), required, agent.spec("good"),
        ])
        #expect(outcomes.map(\.name) == ["create-fails", "not-elf", "good"])
        #expect(outcomes.map(\.isRequired) == [false, true, false])
        #expect(throws: PluginRefusal.self) { try outcomes[0].result.get() }
        #expect(throws: PluginRefusal.self) { try outcomes[1].result.get() }
        #expect(throws: Never.self) { try outcomes[2].result.get() }
        #expect(agent.host.instances.map(\.name) == ["good"])
        #expect(
            told.events.map {
                "\($0.name) \($0.metadata["plugin"]?.text ?? "") \($0.metadata["reason"]?.text ?? "")"
            }
                == [
                    "agent.plugin.refused create-fails create",
                    "agent.plugin.refused not-elf not_a_library", "agent.plugin.loaded good ",
                ])
        #expect(told.events.last?.metadata["version"] == "1.0.0")
        #expect(told.events.last?.measurements["duration"] != nil)
        #expect(
            told.events[0].metadata["message"]?.text?.contains("\"number\" must be even (code -2)")
                == true)
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    private func refusal(_ spec: PluginSpec) async throws -> PluginRefusal? {
        do {
            try await agent.start(spec)
            return nil
        } catch { return error as? PluginRefusal }
    }

    @Test func `a second library with a known id is refused, naming the first`() async throws {
        try await agent.start(agent.spec("good"))
        let refusal = try await refusal(agent.spec("duplicate-id"))
        #expect(refusal?.code == "duplicate")
        #expect(
            refusal?.description.contains(
                "its id org.example.fixture.good belongs to \(FixtureLibraries.path("good"))")
                == true)
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `a metric that clashes is refused, naming both owners`() async throws {
        try await agent.start(agent.spec("good"))
        agent.bus.execute("fixture.event", ["depth": 3], ["site": "chi1"])
        let refusal = try await refusal(agent.spec("clashing-metric"))
        #expect(refusal?.code == "clash")
        for word in ["good_depth", "clashing-metric", "of good", "kind (distribution, last_value)"]
        {
            #expect(refusal?.description.contains(word) == true, "\(word): \(refusal as Any)")
        }
        #expect(agent.value("good_depth", "site=\"chi1\"") == 3, "the first one is as it was")
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `one library runs as several instances, each with its own settings and name`()
        async throws
    {
        var first = agent.spec("good", name: "first")
        first.interval = .seconds(3600)
        var second = agent.spec("good", name: "second")
        second.interval = .seconds(3600)
        second.metricPrefix = "second"
        second.eventPrefix = "other"
        try await agent.start(first)
        try await agent.start(second)
        let refused = try await refusal(agent.spec("good", name: "first"))
        #expect(refused?.reason == .duplicateName("first"))
        agent.bus.execute("other.event", ["depth": 9], ["site": "a"])
        #expect(agent.value("second_depth", "site=\"a\"") == 9)
        #expect(agent.value("good_depth", "site=\"a\"") == nil)
        _ = await agent.host.stop(deadline: .seconds(180))
        #expect(agent.reported("first") == 1)
        #expect(agent.reported("second") == 1)
    }

    @Test func `settings that the schema refuses are refused before create, with the reason`()
        async throws
    {
        var settings = PluginHost.Settings()
        settings.settingsFault = { schema, settings in
            schema.contains("\"number\"") && settings.contains("x")
                ? "\"number\" is no integer" : nil
        }
        let agent = try HostUnderTest(settings)
        let told = try EventRecorder(agent.bus, "agent.plugin.refused")
        var spec = FixtureLibraries.spec("create-fails")
        spec.settings = "{\"number\":\"x\"}"
        let outcome = try #require(await agent.host.start([spec]).first)
        #expect(throws: PluginRefusal.self) { try outcome.result.get() }
        #expect(
            told.events.map { $0.metadata["message"]?.text } == [
                "\(FixtureLibraries.path("create-fails")): its settings are refused: "
                    + "\"number\" is no integer"
            ])
    }

    @Test func `removing an instance forgets its metrics and leaves the others`() async throws {
        try await agent.start(agent.spec("good"))
        try await agent.start(agent.spec("counting-v1", name: "counting"))
        agent.bus.execute("fixture.counted", [:], ["site": "a"])
        #expect(await agent.host.remove("good", deadline: .seconds(180)))
        #expect(await agent.host.remove("good", deadline: .seconds(180)) == false)
        #expect(agent.host.instances.map(\.name) == ["counting"])
        #expect(agent.value("counting_events_total", "site=\"a\"") == 1)
        #expect(!agent.registry.definitions.contains { $0.owner == "good" })
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `an idle instance has no thread of its own`() async throws {
        try await agent.start(agent.spec("counting-v1", name: "idle-one"))
        try await agent.start(agent.spec("poll-good", name: "busy-one"))
        // The thread names itself when it begins to run.
        try await waitUntil { Self.threads.contains("plg-busy-one") }
        #expect(!Self.threads.contains("plg-idle-one"))
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        try await waitUntil { !Self.threads.contains("plg-busy-one") }
    }

    /// The names of this process's threads.
    private static var threads: [String] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.compactMap { task in
            FileManager.default.contents(atPath: "/proc/self/task/\(task)/comm").map {
                String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .newlines)
            }
        }
    }
}
