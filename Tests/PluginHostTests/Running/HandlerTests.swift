import CAgentPlugin
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct HandlerTests {
    let agent: HostUnderTest

    init() throws { agent = try HostUnderTest() }

    @Test func `every event of several threads reaches the handler or is counted as dropped`()
        async throws
    {
        try await agent.start(agent.spec("handler-good"))
        let bus = agent.bus
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for index in 0..<5000 {
                        bus.execute(
                            "fixture.worked", ["size": .integer(Int64(index))],
                            ["thread": .integer(Int64(thread)), "site": "chi1"])
                    }
                    bus.execute("other.worked")
                }
            }
        }
        try await waitUntil {
            let counters = agent.report("handler-good")?.counters
            return (counters?.eventsDelivered ?? 0) + (counters?.eventsDropped ?? 0) == 20_000
        }
        let delivered = try #require(agent.report("handler-good")?.counters.eventsDelivered)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        #expect(agent.reported("handler-good") == Int(delivered))
        #expect(delivered > 0)
    }

    @Test func `a failing handler rests after five failures, and works again afterwards`()
        async throws
    {
        try await agent.start(agent.spec("handler-fails", number: 5))
        for failures in 1...5 as ClosedRange<UInt64> {
            agent.bus.execute("fixture.worked")
            try await waitUntil {
                agent.report("handler-fails")?.counters.handlerFailures == failures
            }
        }
        try await waitUntil { agent.report("handler-fails")?.status.level == .degraded }
        let status = try #require(agent.report("handler-fails")?.status)
        #expect(status.why.hasSuffix("rests: the sum does not come out even"))
        #expect(agent.report("handler-fails")?.counters.codes[-1] == 5)
        var sent = 5
        try await waitUntil {
            agent.bus.execute("fixture.worked")
            sent += 1
            return agent.report("handler-fails")?.status.level == .ok
        }
        try await waitUntil {
            let counters = agent.report("handler-fails")?.counters
            return (counters?.eventsDelivered ?? 0) + (counters?.eventsDropped ?? 0)
                == UInt64(sent)
        }
        let counters = try #require(agent.report("handler-fails")?.counters)
        #expect(counters.handlerFailures == 5)
        #expect(counters.eventsDropped >= 5)
        #expect(await agent.host.stop(deadline: .seconds(180)) == [])
        #expect(agent.reported("handler-fails") == Int(counters.eventsDelivered))
    }

    @Test func `a batch carries name, keys, values, time and correlation`() throws {
        let queue = HandlerQueue(id: "test", clock: agent.bus.clock)
        try agent.bus.attach(queue, to: ["fixture.*"])
        agent.bus.execute(
            "fixture.a", ["n": 5, "x": 0.5], ["site": "chi1", "empty": ""], correlationID: "c-1")
        agent.bus.execute("fixture.b", [:], ["device": ["id": 7]])
        var batch = EventBatch()
        #expect(queue.events.take(&batch) == 0)
        #expect(batch.count == 2)
        batch.withEvents(0..<2) { events, count in
            #expect(count == 2)
            guard let events else { return }
            let first = HandledEvent(events[0])
            #expect(first.name == "fixture.a")
            #expect(first.correlation == "c-1")
            #expect(first.measurements == ["n": 5, "x": 0.5])
            #expect(first.metadata == ["site": "chi1", "empty": ""])
            #expect(events[0].time_ns > 1_600_000_000_000_000_000)
            let second = HandledEvent(events[1])
            #expect(second.name == "fixture.b")
            #expect(second.correlation == nil)
            #expect(second.metadata == ["device.id": "7"])
        }
        agent.bus.detach("test")
    }

    @Test func `a full queue drops what comes and counts it`() throws {
        let queue = HandlerQueue(id: "test", clock: agent.bus.clock)
        try agent.bus.attach(queue, to: ["fixture.a"])
        for _ in 0..<HandlerQueue.maximumEvents + 7 { agent.bus.execute("fixture.a") }
        var batch = EventBatch()
        #expect(queue.events.take(&batch) == 7)
        #expect(batch.count == HandlerQueue.maximumEvents)
        #expect(queue.events.take(&batch) == 0)
        #expect(batch.count == 0)
        agent.bus.detach("test")
    }
}
