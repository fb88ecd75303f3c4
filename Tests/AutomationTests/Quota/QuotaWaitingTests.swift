import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Automation

/// Nothing here is to wait as long as this.
private let patience = Duration.seconds(600)

struct QuotaWaitingTests {
    private let bus = TelemetryBus()

    private func server(
        global: Int, _ sites: [String: Int] = [:], other: Int? = nil
    ) throws -> QuotaServer {
        QuotaServer(
            limits: try QuotaLimits(
                global: global, sites: sites, otherSites: other,
                unknownSites: other == nil ? .refused : .allowed),
            bus: bus)
    }

    /// Starts to wait, and returns once it stands in line.
    private func wait(
        _ quota: QuotaServer, _ site: String, scope: QuotaScope = .site,
        within limit: Duration = patience, then: @escaping @Sendable () -> Void = {}
    ) async throws -> Task<Reservation, any Error> {
        let before = quota.debugState().waiting
        let task = Task {
            let reservation = try await quota.checkOut(scope: scope, site: site, within: limit)
            then()
            return reservation
        }
        try await waitUntil("the line to grow") { quota.debugState().waiting > before }
        return task
    }

    @Test func `where there is room nobody waits`() async throws {
        let quota = try server(global: 1, other: 1)
        let reservation = try await quota.checkOut(site: "chi1", within: patience)
        #expect(quota.debugState().active == 1)
        quota.checkIn(reservation)
    }

    @Test func `who waits is let in in order of arrival`() async throws {
        let quota = try server(global: 1, other: 1)
        let recorder = try EventRecorder(bus, "net_auto.quota.checked_out")
        var held = try quota.checkOut(site: "first")
        var tasks: [Task<Reservation, any Error>] = []
        let sites = ["d", "b", "a", "c"]
        for site in sites { tasks.append(try await wait(quota, site)) }
        for task in tasks {
            quota.checkIn(held)
            held = try await task.value
        }
        #expect(recorder.events.map { QuotaTold($0).site } == ["first"] + sites)
        quota.checkIn(held)
        #expect(quota.debugState().active == 0)
    }

    @Test func `who waits for a full site blocks nobody else`() async throws {
        let quota = try server(global: 3, ["full": 1, "free": 2])
        let held = try quota.checkOut(site: "full")
        let blocked = try await wait(quota, "full")
        let others = try [quota.checkOut(site: "free"), quota.checkOut(site: "free")]
        let next = try await wait(quota, "free")
        quota.checkIn(others[0])
        let passing = try await next.value
        #expect(quota.debugState().waiting == 1)
        quota.checkIn(held)
        let last = try await blocked.value
        _ = (passing, last, others)
    }

    @Test func `an immediate check-out overtakes nobody who waits for the same place`() async throws
    {
        let quota = try server(global: 2, other: 1)
        let held = try quota.checkOut(site: "chi1")
        let waiting = try await wait(quota, "chi1")
        quota.checkIn(held)
        // The place is the waiter's from the check-in on, also before its task has run.
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "chi1") }
        quota.checkIn(try await waiting.value)
        quota.checkIn(try quota.checkOut(site: "chi1"))
    }

    @Test(arguments: [("full", "quota_exceeded:site"), ("nyc", "quota_exceeded:global")])
    func `a wait ends with its deadline, is refused and leaves the line`(
        site: String, reason: String
    ) async throws {
        let quota = try server(global: site == "full" ? 2 : 1, ["full": 1], other: 1)
        let held = try quota.checkOut(site: "full")
        let recorder = try EventRecorder(bus, "net_auto.quota.rejected")
        let refusal = await #expect(throws: QuotaRefusal.self) {
            try await quota.checkOut(site: site, within: .milliseconds(5))
        }
        #expect(refusal?.cause == .deadline)
        #expect(refusal?.reason == reason)
        #expect(recorder.events.map { QuotaTold($0).site } == [site])
        #expect(quota.debugState().waiting == 0)
        quota.checkIn(held)
        quota.checkIn(try quota.checkOut(site: site))
    }

    @Test func `canceling the task ends its wait, which the limits have not refused`() async throws
    {
        let quota = try server(global: 1, other: 1)
        let held = try quota.checkOut(site: "chi1")
        let recorder = try EventRecorder(bus, "net_auto.quota.rejected")
        let canceled = try await wait(quota, "chi1")
        let kept = try await wait(quota, "chi1")
        canceled.cancel()
        let refusal = await #expect(throws: QuotaRefusal.self) { try await canceled.value }
        #expect(refusal?.reason == "canceled")
        #expect(recorder.events.isEmpty)
        quota.checkIn(held)
        quota.checkIn(try await kept.value)
        #expect(quota.debugState().waiting == 0)
    }

    @Test func `a task that is canceled already does not wait`() async throws {
        let quota = try server(global: 1, other: 1)
        let held = try quota.checkOut(site: "chi1")
        let task = Task {
            try? await Task.sleep(for: patience)
            return try await quota.checkOut(site: "chi1", within: patience)
        }
        task.cancel()
        let refusal = await #expect(throws: QuotaRefusal.self) { try await task.value }
        #expect(refusal?.cause == .canceled)
        #expect(quota.debugState().waiting == 0)
        quota.checkIn(held)
    }

    @Test func `raising a limit lets in as many as it has room for`() async throws {
        let quota = try server(global: 9, ["chi1": 0], other: 1)
        var tasks: [Task<Reservation, any Error>] = []
        for _ in 0..<3 { tasks.append(try await wait(quota, "chi1")) }
        quota.setLimits(try QuotaLimits(global: 9, sites: ["chi1": 2], otherSites: 1))
        let admitted = [try await tasks[0].value, try await tasks[1].value]
        #expect(quota.debugState().waiting == 1)
        quota.setLimits(try QuotaLimits(global: 9, sites: ["chi1": 3], otherSites: 1))
        let last = try await tasks[2].value
        #expect(quota.debugState().active == 3)
        _ = (admitted, last)
    }

    @Test func `who waits for the limit on everything alone stands in the same line`() async throws
    {
        let quota = try server(global: 1, other: 1)
        let held = try quota.checkOut(site: "chi1")
        let first = try await wait(quota, "", scope: .global)
        let second = try await wait(quota, "chi1")
        quota.checkIn(held)
        let reservation = try await first.value
        #expect(quota.debugState().holders.map(\.scope) == [.global])
        quota.checkIn(reservation)
        quota.checkIn(try await second.value)
    }

    @Test func `a waiter that is dropped once it is let in gives its place to the next`()
        async throws
    {
        let quota = try server(global: 1, other: 1)
        let held = try quota.checkOut(site: "chi1")
        let first = Task { _ = try await quota.checkOut(site: "chi1", within: patience) }
        try await waitUntil { quota.debugState().waiting == 1 }
        let second = try await wait(quota, "chi1")
        quota.checkIn(held)
        try await first.value
        quota.checkIn(try await second.value)
        #expect(quota.debugState().active == 0)
    }

    @Test func `a site that is not known is not waited for`() async throws {
        let quota = try server(global: 1)
        let refusal = await #expect(throws: QuotaRefusal.self) {
            try await quota.checkOut(site: "chi1", within: patience)
        }
        #expect(refusal?.reason == "unknown_site")
    }

    @Test func `the event of being let in has the correlation of the task that waited`()
        async throws
    {
        let quota = try server(global: 1, other: 1)
        let recorder = try EventRecorder(bus, "net_auto.quota.*")
        let held = try Correlation.$current.withValue("holder") { try quota.checkOut(site: "a") }
        let waiting = try await Correlation.$current.withValue("waiter") {
            try await wait(quota, "a")
        }
        Correlation.$current.withValue("releaser") { quota.checkIn(held) }
        let reservation = try await waiting.value
        #expect(
            recorder.events.filter { QuotaTold($0).name != "net_auto.quota.limits" }
                .map(\.correlationID) == ["holder", "releaser", "waiter"])
        quota.checkIn(reservation)
    }

    @Test func `a line that is full is joined by nobody`() throws {
        var ledger = QuotaLedger(try QuotaLimits(global: 0, otherSites: 1))
        var outbox = QuotaOutbox()
        let request = QuotaLedger.Request(.site, "chi1", QuotaMetadata())
        var last: QuotaLedger.Answer?
        for _ in 0...QuotaLedger.maximumWaiters {
            last = ledger.checkOutOrWait(request, correlation: nil, now: 0, &outbox)
        }
        guard case .refused(let refusal)? = last else {
            Issue.record("it was let in line")
            return
        }
        #expect(refusal.cause == .crowded)
        #expect(refusal.reason == "quota_exceeded:global")
        #expect(ledger.waiters.count == QuotaLedger.maximumWaiters)
    }
}
