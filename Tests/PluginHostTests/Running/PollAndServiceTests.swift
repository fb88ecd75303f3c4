import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct PollAndServiceTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    @Test func `what a poll emits becomes a metric`() async throws {
        try await agent.start(agent.spec("poll-good"))
        try await waitUntil { agent.value("polled_value", "site=\"chi1\"") ?? 0 >= 3 }
        let report = try #require(agent.report("poll-good"))
        #expect(report.counters.polls >= 3)
        #expect(report.counters.eventsEmitted >= 3)
        #expect(report.status.level == .ok)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `a failing poll is shown with its reason, goes on, and recovers`() async throws {
        try await agent.start(agent.spec("poll-fails", number: 2))
        try await waitUntil { agent.report("poll-fails")?.counters.pollFailures == 2 }
        try await waitUntil { agent.report("poll-fails")?.status.level == .ok }
        #expect(agent.report("poll-fails")?.counters.codes[-1] == 2)
        #expect(agent.messages.all.contains { $0.contains("nobody answers on the other end") })
        try await waitUntil { agent.value("polled_value", "site=\"chi1\"") ?? 0 >= 3 }
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `a poll that always fails is degraded and says why`() async throws {
        try await agent.start(agent.spec("poll-fails"))
        try await waitUntil { agent.report("poll-fails")?.counters.pollFailures ?? 0 >= 2 }
        let status = try #require(agent.report("poll-fails")?.status)
        #expect(status.level == .degraded)
        #expect(status.why == "the last poll failed: nobody answers on the other end")
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `a service's thread emits until it is stopped, and every event counts`() async throws
    {
        let recorder = try EventRecorder(agent.bus, "fixture.ticked")
        try await agent.start(agent.spec("service-good"))
        try await waitUntil { recorder.events.count >= 5 }
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        #expect(agent.reported("service-good") == recorder.events.count)
    }

    @Test func `a service that does not stop in time is abandoned, and its late calls do no harm`()
        async throws
    {
        let recorder = try EventRecorder(agent.bus, "fixture.ticked")
        try await agent.start(agent.spec("service-slow-stop", number: 3000))
        try await waitUntil { !recorder.events.isEmpty }
        #expect(await agent.host.stop(deadline: .milliseconds(100)) == ["service-slow-stop"])
        let taken = recorder.events.count
        // Its thread still emits; the closed host refuses, and stop at last reports what was taken.
        try await waitUntil { agent.reported("service-slow-stop") != nil }
        #expect(agent.reported("service-slow-stop") ?? .max <= taken + 1)
        #expect(recorder.events.count <= taken + 1)
    }
}
