import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Automation

struct QuotaServerTests {
    private let time = ManualClock()
    private let bus: TelemetryBus
    private let recorder: EventRecorder

    init() throws {
        bus = TelemetryBus(clock: time.clock)
        recorder = try EventRecorder(bus, "net_auto.quota.*")
    }

    private func server(
        global: Int, _ sites: [String: Int] = [:], other: Int? = nil
    ) throws -> QuotaServer {
        QuotaServer(
            limits: try QuotaLimits(
                global: global, sites: sites, otherSites: other,
                unknownSites: other == nil ? .refused : .allowed),
            bus: bus)
    }

    @Test func `a check-out and a check-in are told with what is active after them`() throws {
        let quota = try server(global: 2, ["chi1": 1])
        recorder.clear()
        let reservation = try quota.checkOut(site: "chi1", metadata: QuotaMetadata(runID: "run-1"))
        time.advance(.microseconds(250))
        quota.checkIn(reservation, reason: .canceled)
        #expect(
            recorder.events.map(\.name) == [
                "net_auto.quota.checked_out", "net_auto.quota.checked_in",
            ])
        #expect(
            recorder.events.map(\.measurements) == [
                ["global_active": 1, "site_active": 1],
                ["global_active": 0, "site_active": 0, "held": 250_000],
            ])
        #expect(
            recorder.events.map(\.metadata) == [
                ["scope": "site", "site": "chi1", "run_id": "run-1"],
                ["scope": "site", "site": "chi1", "run_id": "run-1", "reason": "canceled"],
            ])
    }

    @Test func `a limit that is reached refuses, the one on everything first`() throws {
        let quota = try server(global: 2, ["chi1": 1, "nyc": 5])
        let first = try quota.checkOut(site: "chi1")
        let bySite = #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "chi1") }
        #expect(bySite?.reason == "quota_exceeded:site")
        #expect(bySite?.description == "the quota of 1 for site \"chi1\" is taken (1 active)")
        let second = try quota.checkOut(site: "nyc")
        recorder.clear()
        let byAll = #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "chi1") }
        #expect(byAll?.reason == "quota_exceeded:global")
        #expect(byAll?.description == "the global quota of 2 is taken (2 active)")
        #expect(recorder.events.map(\.name) == ["net_auto.quota.rejected"])
        #expect(recorder.events.first?.measurements == ["global_active": 2, "site_active": 1])
        #expect(recorder.events.first?.metadata == ["scope": "global", "site": "chi1"])
        quota.checkIn(first)
        quota.checkIn(second)
        #expect(quota.debugState().active == 0)
    }

    @Test func `a global check-out counts against no site`() throws {
        let quota = try server(global: 2, ["chi1": 1])
        recorder.clear()
        let reservation = try quota.checkOut(scope: .global, site: "chi1")
        let other = try quota.checkOut(site: "chi1")
        #expect(
            recorder.events.map(\.metadata) == [
                ["scope": "global", "site": "", "run_id": ""],
                ["scope": "site", "site": "chi1", "run_id": ""],
            ])
        #expect(
            recorder.events.map(\.measurements) == [
                ["global_active": 1], ["global_active": 2, "site_active": 1],
            ])
        _ = (reservation, other)
    }

    @Test func `a limit of 0 lets nobody in`() throws {
        let quota = try server(global: 5, ["chi1": 0])
        let refusal = #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "chi1") }
        #expect(refusal?.reason == "quota_exceeded:site")
        quota.setLimits(try QuotaLimits(global: 0, otherSites: 1))
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(scope: .global, site: "") }
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "nyc") }
    }

    @Test(arguments: ["nyc", "", String(repeating: "y", count: 5_000)])
    func `a site that the limits do not name is refused and told in bounded length`(
        site: String
    ) throws {
        let quota = try server(global: 5, ["chi1": 1])
        let refusal = #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: site) }
        #expect(refusal?.reason == "unknown_site")
        #expect((refusal?.description.utf8.count ?? 0) < 200)
        guard case .string(let told)? = recorder.events.last?.metadata["site"] else {
            Issue.record("no site was told")
            return
        }
        #expect(told == String(site.prefix(128)))
        #expect(quota.debugState().sites.map(\.name) == ["chi1"])
    }

    @Test func `a reservation that is dropped is given back, and said to be`() throws {
        let quota = try server(global: 1, other: 1)
        do { _ = try quota.checkOut(site: "chi1", metadata: QuotaMetadata(runID: "run-1")) }
        #expect(recorder.events.last?.name == "net_auto.quota.checked_in")
        #expect(recorder.events.last?.metadata["reason"] == "owner_down")
        #expect(quota.debugState().active == 0)
    }

    @Test func `a second check-in changes nothing`() throws {
        let quota = try server(global: 2, other: 2)
        let kept = try quota.checkOut(site: "chi1")
        let reservation = try quota.checkOut(site: "chi1")
        quota.checkIn(reservation)
        recorder.clear()
        quota.checkIn(reservation)
        reservation.checkIn(reason: .ownerDown)
        #expect(recorder.events.isEmpty)
        #expect(quota.debugState().active == 1)
        quota.checkIn(kept)
    }

    // MARK: Limits

    @Test func `limits are told at the start, on change, and again when asked`() throws {
        let quota = try server(global: 7, ["nyc": 2, "chi1": 3], other: 1)
        #expect(told() == ["global=7", "site chi1=3", "site nyc=2"])
        quota.setLimits(try QuotaLimits(global: 7, sites: ["ams": 9, "chi1": 4], otherSites: 1))
        #expect(told() == ["site ams=9", "site chi1=4", "site nyc=1"])
        quota.setLimits(
            try QuotaLimits(global: 8, sites: ["ams": 9, "chi1": 4], unknownSites: .refused))
        #expect(told() == ["global=8", "site nyc=0"])
        quota.announceLimits()
        #expect(told() == ["global=8", "site ams=9", "site chi1=4", "site nyc=0"])
    }

    @Test func `of changes made at once none is lost`() async throws {
        let quota = try server(global: 7, other: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        try quota.changeLimits { limits throws(QuotaLimitsError) in
                            var sites = limits.sites
                            sites["site-\(task)-\(number)"] = number
                            return try QuotaLimits(
                                global: limits.global + 1, sites: sites,
                                otherSites: limits.otherSites)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let limits = quota.debugState().limits
        #expect(limits.global == 807)
        #expect(limits.sites.count == 800)
    }

    @Test func `a change that cannot be changes nothing and tells nothing`() throws {
        let quota = try server(global: 7, ["chi1": 3], other: 1)
        recorder.clear()
        #expect(throws: QuotaLimitsError.outOfRange(.global, -1)) {
            try quota.changeLimits { _ throws(QuotaLimitsError) in try QuotaLimits(global: -1) }
        }
        #expect(quota.debugState().limits.sites == ["chi1": 3])
        #expect(recorder.events.isEmpty)
        let (before, after) = try quota.changeLimits { limits throws(QuotaLimitsError) in
            try QuotaLimits(global: 8, sites: limits.sites, otherSites: nil)
        }
        #expect(before.global == 7 && after.global == 8)
        #expect(told() == ["global=8"])
    }

    @Test func `the limit of other sites is told when one of them is first seen`() throws {
        let quota = try server(global: 7, other: 1)
        recorder.clear()
        let first = try quota.checkOut(site: "chi1")
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "chi1") }
        #expect(told() == ["site chi1=1"])
        quota.checkIn(first)
    }

    private func told() -> [String] {
        defer { recorder.clear() }
        return recorder.events.filter { $0.name == "net_auto.quota.limits" }.map { event in
            let told = QuotaTold(event)
            return told.scope + (told.site.isEmpty ? "" : " \(told.site)")
                + "=\(told.number("limit") ?? -1)"
        }
    }

    @Test func `lowering a limit evicts nobody and lets nobody in until enough have left`() throws {
        let quota = try server(global: 3, other: 3)
        var held = try (0..<3).map { _ in try quota.checkOut(site: "chi1") }
        quota.setLimits(try QuotaLimits(global: 1, otherSites: 3))
        #expect(quota.debugState().active == 3)
        quota.checkIn(held.removeLast())
        quota.checkIn(held.removeLast())
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "chi1") }
        quota.checkIn(held.removeLast())
        held.append(try quota.checkOut(site: "chi1"))
        #expect(quota.debugState().active == 1)
    }

    @Test func `sites that nobody uses are forgotten before they fill the memory`() throws {
        let quota = try server(global: 10, ["chi1": 1], other: 1)
        let kept = try quota.checkOut(site: "kept")
        for number in 0..<10_000 { quota.checkIn(try quota.checkOut(site: "s\(number)")) }
        let sites = quota.debugState().sites
        #expect(sites.count <= QuotaLedger.rememberedSites)
        #expect(sites.contains { $0.name == "kept" && $0.active == 1 })
        #expect(sites.contains { $0.name == "chi1" })
        quota.checkIn(kept)
    }

    // MARK: Outside owners

    @Test func `a lease is listed with its owner and ends with its connection`() async throws {
        let quota = try server(global: 2, other: 2)
        var lease: Lease? = try await quota.lease(owner: "deploy.sh of ann", site: "chi1")
        let name = lease?.name
        time.advance(.seconds(3))
        let holder = try #require(quota.debugState().holders.first)
        #expect(holder.lease == name)
        #expect(holder.owner == "deploy.sh of ann")
        #expect(holder.sinceAt == time.clock.system() - 3_000_000_000)
        lease = nil
        #expect(recorder.events.last?.metadata["reason"] == "owner_down")
        #expect(recorder.events.last?.measurements["held"] == 3_000_000_000)
        #expect(quota.debugState().holders.isEmpty)
    }

    @Test func `a lease that is ended is not ended again when dropped`() async throws {
        let quota = try server(global: 1, other: 1)
        do {
            let lease = try await quota.lease(
                owner: String(repeating: "o", count: 1_000), site: "chi1")
            #expect(lease.owner.utf8.count == QuotaMetadata.maximumOwnerBytes)
            lease.end()
        }
        let ends = recorder.events.filter { $0.name == "net_auto.quota.checked_in" }
        #expect(ends.map { $0.metadata["reason"] } == ["normal"])
    }

    @Test func `the state adds up`() throws {
        let quota = try server(global: 2, ["chi1": 1], other: 2)
        let first = try quota.checkOut(site: "chi1", metadata: QuotaMetadata(runID: "run-1"))
        let second = try quota.checkOut(site: "nyc")
        #expect(throws: QuotaRefusal.self) { try quota.checkOut(site: "nyc") }
        quota.checkIn(second)
        let state = quota.debugState()
        #expect(state.holders.map(\.runID) == ["run-1"])
        #expect(state.sites.map(\.name) == ["chi1", "nyc"])
        #expect(state.sites.map(\.active) == [1, 0])
        #expect([state.checkedOut, state.checkedIn, state.rejected, state.active] == [2, 1, 1, 1])
        quota.checkIn(first)
    }
}
