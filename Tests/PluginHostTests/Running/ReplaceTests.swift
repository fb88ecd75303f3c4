import Foundation
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct ReplaceTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    /// A library in a directory of the test, as an operator installs it.
    private func install(_ fixture: String, as name: String) throws -> String {
        let bytes = try #require(
            FileManager.default.contents(atPath: FixtureLibraries.path(fixture)))
        return try agent.files.write([UInt8](bytes), to: name)
    }

    /// Emits from several threads while `work` runs; answers how many events there were.
    private func emitting(
        _ event: EventName, while work: () async throws -> Void
    ) async throws -> Int {
        let bus = agent.bus
        let emitters = Emitters()
        emitters.start(4) {
            bus.execute(event, ["bytes": 2], ["site": "chi1"])
        }
        defer { emitters.stop() }
        try await work()
        return await emitters.finish()
    }

    @Test func `a plugin is replaced while events flow from several threads and every one counts`()
        async throws
    {
        let file = try install("counting-v1", as: "libcounting.so")
        let spec = PluginSpec(name: "counting", library: PluginLocation(file: file))
        try await agent.start(spec)
        let count = try await emitting("fixture.counted") {
            for round in 0..<6 {
                _ = try install(
                    round % 2 == 0 ? "counting-v2" : "counting-v1", as: "libcounting.so")
                let outcome = try #require(await agent.host.replace(name: "counting"))
                let version = try outcome.result.get().version
                #expect(version == (round % 2 == 0 ? "2.0.0" : "1.0.0"))
            }
        }
        #expect(count > 0)
        #expect(agent.value("counting_events_total", "site=\"chi1\"") == Double(count))
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `the library file is overwritten in place while it runs and events flow`()
        async throws
    {
        let file = try install("poll-good", as: "libpoll.so")
        var spec = PluginSpec(name: "poll", library: PluginLocation(file: file))
        spec.settings = "{\"path\":\"\(agent.files.path("poll"))\"}"
        spec.interval = .milliseconds(5)
        try await agent.start(spec)
        try await waitUntil { agent.reported("poll") ?? 0 >= 2 }
        let before = try #require(agent.reported("poll"))
        // The same inode, other bytes, then nothing at all: code mapped from it would be gone.
        let handle = try #require(FileHandle(forWritingAtPath: file))
        handle.write(Data(repeating: 0xCC, count: 16384))
        try handle.truncate(atOffset: 0)
        try handle.close()
        try await waitUntil { agent.reported("poll") ?? 0 >= before + 5 }
        // What is there now is refused, and the old one goes on.
        let refused = try #require(await agent.host.replace(name: "poll"))
        #expect(throws: PluginRefusal.self) { try refused.result.get() }
        let polls = try #require(agent.reported("poll"))
        try await waitUntil { agent.reported("poll") ?? 0 >= polls + 3 }
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `a handler's queue goes over to its successor`() async throws {
        try await agent.start(agent.spec("handler-good", name: "handler"))
        let count = try await emitting("fixture.counted") {
            for _ in 0..<5 {
                _ = try await agent.host.replace(agent.spec("handler-good", name: "handler"))
                    .result.get()
            }
        }
        #expect(count > 0)
        // Counters go on over replacements.
        try await waitUntil {
            let counters = agent.report("handler")?.counters
            return (counters?.eventsDelivered ?? 0) + (counters?.eventsDropped ?? 0)
                == UInt64(count)
        }
        #expect(agent.report("handler")?.counters.handlerFailures == 0)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `a replacement that fails leaves the old instance as it was`() async throws {
        let replaced = try EventRecorder(agent.bus, "agent.plugin.*")
        try await agent.start(agent.spec("counting-v1", name: "counting"))
        agent.bus.execute("fixture.counted", [:], ["site": "chi1"])
        for bad in ["create-fails", "entry-error", "not-elf", "illegal-label"] {
            let outcome = await agent.host.replace(agent.spec(bad, name: "counting"))
            #expect(throws: PluginRefusal.self) { try outcome.result.get() }
        }
        agent.bus.execute("fixture.counted", [:], ["site": "chi1"])
        #expect(agent.value("counting_events_total", "site=\"chi1\"") == 2)
        #expect(agent.report("counting")?.description.version == "1.0.0")
        #expect(
            replaced.events.map(\.name.description)
                == ["agent.plugin.loaded"] + Array(repeating: "agent.plugin.refused", count: 4))
        _ = await agent.host.stop(deadline: .seconds(180))
    }

    @Test func `an instance that hangs is replaced all the same, and left alone`() async throws {
        var settings = PluginHost.Settings()
        settings.drainTime = .milliseconds(300)
        let agent = try HostUnderTest(settings)
        try await agent.start(agent.spec("overrun-export", name: "exporter", number: 20_000))
        try await waitUntil { agent.reported("exporter") != nil }
        _ = try await agent.host.replace(agent.spec("good", name: "exporter")).result.get()
        #expect(agent.host.abandonedCount == 1)
        #expect(agent.report("exporter")?.description.name == "Good")
        #expect(agent.report("exporter")?.status.level == .ok)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `replacing tells of itself with the new version`() async throws {
        let replaced = try EventRecorder(agent.bus, "agent.plugin.replaced")
        try await agent.start(agent.spec("counting-v1", name: "counting"))
        _ = try await agent.host.replace(agent.spec("counting-v2", name: "counting")).result.get()
        #expect(replaced.events.first?.metadata["version"] == "2.0.0")
        #expect(replaced.events.first?.metadata["plugin"] == "counting")
        #expect(agent.host.instances.count == 1)
        _ = await agent.host.stop(deadline: .seconds(180))
    }
}
