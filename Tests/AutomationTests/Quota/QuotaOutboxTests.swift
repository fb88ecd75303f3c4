import Glibc
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Automation

struct QuotaOutboxTests {
    private func limit(_ number: Int) -> QuotaEvent { .limit(number, .global, site: "") }

    @Test func `one emitter at a time gets everything in order`() {
        var outbox = QuotaOutbox()
        let nothing = outbox.begin()
        #expect(nothing == nil)
        outbox.add(limit(1))
        let first = outbox.begin()
        outbox.add(limit(2))
        let another = outbox.begin()
        #expect(another == nil)
        outbox.add(limit(3))
        let second = outbox.next([])
        #expect(first?.map(\.event) == [limit(1)])
        #expect(second?.map(\.event) == [limit(2), limit(3)])
        let rest = outbox.next([])
        #expect(rest == nil)
        outbox.add(limit(4))
        let later = outbox.begin()
        #expect(later?.map(\.event) == [limit(4)])
    }

    @Test func `an event that another thread will emit takes its correlation along`() {
        var outbox = QuotaOutbox()
        Correlation.$current.withValue("mine") { outbox.add(limit(1)) }
        let own = outbox.begin()
        #expect(own?.map(\.correlation) == [.emitter])
        Correlation.$current.withValue("other") { outbox.add(limit(2)) }
        outbox.add(limit(3), .task("waiter"))
        outbox.add(limit(4))
        let others = outbox.next([])
        #expect(others?.map(\.correlation) == [.task("other"), .task("waiter"), .task(nil)])
    }

    @Test func `it is crowded while more than a comfortable number waits`() {
        var outbox = QuotaOutbox()
        for number in 0..<QuotaOutbox.comfortable { outbox.add(limit(number)) }
        #expect(!outbox.isCrowded)
        outbox.add(limit(0))
        #expect(outbox.isCrowded)
        _ = outbox.begin()
        #expect(!outbox.isCrowded)
    }

    @Test func `a handler that takes its time holds nobody up, and still gets events in order`()
        async throws
    {
        let bus = TelemetryBus()
        let gate = Gate()
        let told = Mutex<[Int]>([])
        try bus.attach(
            "slow", to: ["net_auto.quota.checked_out", "net_auto.quota.checked_in"]
        ) { event in
            let active = QuotaTold(RecordedEvent(event)).number("global_active") ?? -1
            told.withLock { $0.append(active) }
            gate.pass()
        }
        let quota = QuotaServer(limits: try QuotaLimits(global: 9), bus: bus)
        async let stuck = onOwnThread { try quota.checkOut(site: "a") }
        try await waitUntil("the handler to be called") { told.withLock { $0 } == [1] }
        // While the handler hangs in one thread, others come and go.
        let second = try quota.checkOut(site: "a")
        let third = try quota.checkOut(site: "a")
        quota.checkIn(second)
        #expect(quota.debugState().active == 2)
        #expect(told.withLock { $0 } == [1])
        gate.open()
        let first = try await stuck
        #expect(told.withLock { $0 } == [1, 2, 3, 2])
        _ = (first, third)
    }

    @Test func `a handler may use the quota itself`() throws {
        let bus = TelemetryBus()
        let server = Mutex<QuotaServer?>(nil)
        let recorder = try EventRecorder(bus, "net_auto.quota.*")
        try bus.attach("nested", to: ["net_auto.quota.checked_out"]) { event in
            guard QuotaTold(RecordedEvent(event)).site == "a" else { return }
            let quota = server.withLock { $0 }
            _ = try quota?.checkOut(site: "b")
        }
        let quota = QuotaServer(limits: try QuotaLimits(global: 9), bus: bus)
        server.withLock { $0 = quota }
        recorder.clear()
        let reservation = try quota.checkOut(site: "a")
        let counts = recorder.events.map { QuotaTold($0).number("global_active") }
        #expect(counts.compactMap(\.self) == [1, 2, 1])
        quota.checkIn(reservation)
        server.withLock { $0 = nil }
    }
}

/// Holds up those who come before it is opened.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }
    func pass() { while !isOpen.load(ordering: .acquiring) { sched_yield() } }
}
