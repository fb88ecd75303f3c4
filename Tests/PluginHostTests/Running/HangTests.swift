import Telemetry
import TestSupport
import Testing

@testable import PluginHost

/// What hangs in a plugin holds up nothing but itself.
struct HangTests {
    private func agent() throws -> HostUnderTest {
        var settings = PluginHost.Settings()
        settings.patience = .seconds(1)
        return try HostUnderTest(settings)
    }

    @Test(arguments: [
        ("hang-in-create", "create did not return within 1 s; its thread is given up"),
        ("hang-in-start", "start of its service did not return within 1 s"),
    ])
    func `an instance that hangs while it starts is refused, and the others start`(
        library: String, sentence: String
    ) async throws {
        let agent = try agent()
        let outcomes = await agent.host.start([agent.spec(library), agent.spec("counting-v1")])
        do {
            _ = try outcomes[0].result.get()
            Issue.record("it was started")
        } catch {
            #expect(error.code == "hang")
            #expect(error.description.contains(sentence), "\(error)")
        }
        #expect(agent.host.instances.map(\.name) == ["counting-v1"])
        #expect(agent.host.abandonedCount == 1)
        #expect(agent.host.hasGivenUp)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `a replacement that hangs leaves the old instance at work`() async throws {
        let agent = try agent()
        try await agent.start(agent.spec("counting-v1", name: "counting"))
        let outcome = await agent.host.replace(agent.spec("hang-in-create", name: "counting"))
        #expect(throws: PluginRefusal.self) { try outcome.result.get() }
        agent.bus.execute("fixture.counted", [:], ["site": "a"])
        #expect(agent.value("counting_events_total", "site=\"a\"") == 1)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `one that hangs while it stops takes no time from the others`() async throws {
        let agent = try agent()
        try await agent.start(agent.spec("good"))
        try await agent.start(agent.spec("hang-in-stop"))
        #expect(await agent.host.stop(deadline: .seconds(20)) == ["hang-in-stop"])
        #expect(agent.reported("good") ?? 0 >= 1, "it made its last export")
    }
}
