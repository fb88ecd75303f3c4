import PubSub
import Telemetry
import Testing

@testable import Automation

/// What the quota publishes under its topic.
struct QuotaNoticeTests {
    private let hub = PubSub()
    private let bus = TelemetryBus()
    private let recorder: EventRecorder

    init() throws { recorder = try EventRecorder(bus, "net_auto.quota.*") }

    private func server() throws -> QuotaServer {
        let quota = QuotaServer(
            limits: try QuotaLimits(global: 1, otherSites: 1), bus: bus, hub: hub)
        recorder.clear()
        return quota
    }

    private func counts(_ batch: Subscription.Batch?) -> [Int] {
        (batch?.messages ?? []).compactMap { ($0.notice as? QuotaNotice)?.count }
    }

    @Test func `whatever happens to the quota is told, once it can be seen`() async throws {
        let quota = try server()
        let subscription = hub.subscribe(to: [.quota])
        let reservation = try quota.checkOut(site: "ams")
        var told = counts(await subscription.next())
        #expect(told.count == 1 && quota.debugState().active == 1)
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "ams") }
        let refused = await subscription.next()
        #expect(refused?.messages.map(\.topics) == [[.quota]])
        told += counts(refused)
        quota.setLimits(try QuotaLimits(global: 5, otherSites: 5))
        told += counts(await subscription.next())
        #expect(told.count == 3 && quota.debugState().limits.global == 5)
        quota.checkIn(reservation)
        told += counts(await subscription.next())
        #expect(told.count == 4 && quota.debugState().active == 0)
        #expect(subscription.waiting == 0)
        // A notice stands for all that one change brought about.
        #expect(told.reduce(0, +) == recorder.events.count)
    }

    @Test func `who does not keep up loses its own oldest, and the quota waits for nobody`()
        async throws
    {
        let quota = try server()
        let slow = hub.subscribe(to: [.quota], capacity: 3)
        let quick = hub.subscribe(to: [.quota], capacity: 1000)
        for _ in 0..<50 { quota.checkIn(try quota.checkOut(site: "ams")) }
        let last = await slow.next()
        #expect(counts(last).count == 3 && last?.missed == 97)
        let all = await quick.next()
        #expect(counts(all).count == 100 && all?.missed == 0)
        #expect(counts(all).reduce(0, +) == recorder.events.count)
        #expect(hub.statistics == .init(subscribers: 2, published: 100, lost: 97))
    }

    @Test func `nothing is made for a topic that nobody listens to`() throws {
        let quota = try server()
        quota.checkIn(try quota.checkOut(site: "ams"))
        #expect(hub.statistics.published == 0)
    }
}
