import Telemetry
import TestSupport
import Testing

@testable import Automation

struct QuotaPlaceTests {
    private let quota: QuotaServer

    init() throws {
        quota = QuotaServer(
            limits: try QuotaLimits(global: 1, otherSites: 1), bus: TelemetryBus())
    }

    /// Waits in vain.
    private func fail(_ place: QuotaPlace) async {
        await #expect(throws: QuotaRefusal.self) {
            try await quota.checkOut(site: "chi1", within: .milliseconds(1), place: place)
        }
    }

    /// Starts to wait, and returns once it stands in line.
    private func wait(_ place: QuotaPlace?) async throws -> Task<Reservation, any Error> {
        let before = quota.debugState().waiting
        let task = Task {
            try await quota.checkOut(site: "chi1", within: .seconds(600), place: place)
        }
        try await waitUntil("the line to grow") { quota.debugState().waiting > before }
        return task
    }

    @Test(arguments: [QuotaScope.site, .global])
    func `who waited in vain stands before all who came later`(scope: QuotaScope) async throws {
        var held = try quota.checkOut(scope: scope, site: "chi1")
        let (first, second) = (QuotaPlace(), QuotaPlace())
        await fail(first)
        await fail(second)
        let late = try await wait(nil)
        let again = (try await wait(second), try await wait(first))
        for next in [again.1, again.0, late] {
            quota.checkIn(held)
            held = try await next.value
            #expect(quota.debugState().active == 1)
        }
        quota.checkIn(held)
        #expect(first.number == nil && second.number == nil)
    }

    @Test func `a place that was used up is none`() async throws {
        let held = try quota.checkOut(site: "chi1")
        let place = QuotaPlace()
        await fail(place)
        let number = try #require(place.number)
        quota.checkIn(held)
        let reservation = try await quota.checkOut(
            site: "chi1", within: .seconds(600), place: place)
        #expect(place.number == nil)
        // Whoever brings a number that is taken gets another.
        let other = QuotaPlace()
        other.keep(number)
        await fail(other)
        #expect(quota.debugState().active == 1)
        quota.checkIn(reservation)
    }
}
