import Automation
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Many owners at once who check out, wait, give up, die and check in twice, while the limits change.
struct QuotaModelTests {
    private static let sites = ["a", "b", "c", "d"]
    private static let highest = 12

    @Test(arguments: [1, 7, 42, 1_234, 99_999] as [UInt64])
    func `whatever owners do, the limits hold, the events add up and nothing stays`(
        seed: UInt64
    ) async throws {
        let bus = TelemetryBus()
        let replay = try QuotaReplay(bus)
        let quota = QuotaServer(limits: try QuotaLimits(global: 6, otherSites: 3), bus: bus)
        let inside = Inside()
        async let threads: Void = inThreads(4) { number in
            var random = SeededGenerator(seed: seed &* 100 &+ UInt64(number))
            for step in 0..<1_500 { Self.visit(quota, inside, "t\(number)-\(step)", &random) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &* 1_000 &+ UInt64(number))
                    for step in 0..<60 {
                        await Self.wait(quota, inside, "w\(number)-\(step)", &random)
                    }
                }
            }
            group.addTask {
                var random = SeededGenerator(seed: seed)
                for _ in 0..<300 {
                    quota.setLimits(try Self.limits(&random))
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        try await threads

        let (account, state) = (replay.account, quota.debugState())
        #expect(account.faults.isEmpty)
        #expect(inside.most <= Self.highest)
        #expect(inside.most > 0 && inside.now == 0)
        #expect(state.active == 0 && state.waiting == 0 && state.holders.isEmpty)
        #expect(state.sites.allSatisfy { $0.active == 0 && $0.waiting == 0 })
        #expect(account.runs.isEmpty && account.globalActive == 0)
        #expect(account.counts["net_auto.quota.checked_out"] == state.checkedOut)
        #expect(account.counts["net_auto.quota.checked_in"] == state.checkedIn)
        #expect(account.counts["net_auto.quota.rejected"] == state.rejected)
        #expect(state.checkedOut == state.checkedIn && state.rejected > 0)
    }

    private static func limits(_ random: inout SeededGenerator) throws -> QuotaLimits {
        try QuotaLimits(
            global: .random(in: 0...highest, using: &random),
            sites: [
                "a": .random(in: 0...4, using: &random), "b": .random(in: 1...9, using: &random),
            ],
            otherSites: .random(in: 0...5, using: &random))
    }

    private static func visit(
        _ quota: QuotaServer, _ inside: Inside, _ run: String, _ random: inout SeededGenerator
    ) {
        let scope: QuotaScope = Int.random(in: 0..<8, using: &random) == 0 ? .global : .site
        let site = sites.randomElement(using: &random) ?? "a"
        let reservation = try? quota.checkOut(
            scope: scope, site: site, metadata: QuotaMetadata(runID: run))
        if let reservation { leave(quota, inside, reservation, &random) }
    }

    private static func wait(
        _ quota: QuotaServer, _ inside: Inside, _ run: String, _ random: inout SeededGenerator
    ) async {
        let site = sites.randomElement(using: &random) ?? "a"
        let limit = Duration.microseconds(Int.random(in: 0...5_000, using: &random))
        let task = Task {
            try await quota.checkOut(
                site: site, metadata: QuotaMetadata(runID: run), within: limit)
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            await Task.yield()
            task.cancel()
        }
        if let reservation = try? await task.value { leave(quota, inside, reservation, &random) }
    }

    /// Is inside for a while, then goes in one way or another.
    private static func leave(
        _ quota: QuotaServer, _ inside: Inside, _ reservation: consuming Reservation,
        _ random: inout SeededGenerator
    ) {
        inside.enter()
        for _ in 0..<Int.random(in: 0..<200, using: &random) { _ = random.next() }
        inside.leave()
        switch Int.random(in: 0..<4, using: &random) {
        case 0: break  // Dies.
        case 1:
            quota.checkIn(reservation, reason: .canceled)
            quota.checkIn(reservation)
        default: quota.checkIn(reservation)
        }
    }
}

/// Counts who is inside, without asking the quota.
private final class Inside: Sendable {
    private let count = Atomic(0)
    private let highest = Atomic(0)

    var now: Int { count.load(ordering: .sequentiallyConsistent) }
    var most: Int { highest.load(ordering: .sequentiallyConsistent) }

    func enter() {
        let now = count.add(1, ordering: .sequentiallyConsistent).newValue
        highest.max(now, ordering: .sequentiallyConsistent)
    }

    func leave() { count.subtract(1, ordering: .sequentiallyConsistent) }
}
