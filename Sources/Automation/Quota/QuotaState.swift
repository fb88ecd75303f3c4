/// What a quota server holds at one moment.
package struct QuotaState: Sendable, Hashable {
    package struct Site: Sendable, Hashable {
        package let name: String
        /// `nil` where the limits do not name it any more.
        package let limit: Int?
        package let active: Int
        package let waiting: Int
    }

    package struct Holder: Sendable, Hashable {
        package let number: UInt64
        package let scope: QuotaScope
        package let site: String
        /// Empty where it is not for a run.
        package let runID: String
        package let owner: String
        /// Its name where someone outside the agent holds it.
        package let lease: String?
        /// Nanoseconds since 1970.
        package let sinceAt: Int64
    }

    package let limits: QuotaLimits
    package let active: Int
    /// All who wait, whatever for.
    package let waiting: Int
    /// By name: the configured ones, and those that have been asked for.
    package let sites: [Site]
    /// The oldest first.
    package let holders: [Holder]
    /// How many there were since the start; `checkedOut` is `checkedIn` and `active` together.
    package let checkedOut: Int
    package let checkedIn: Int
    package let rejected: Int

    /// - Parameters: now and system: the same moment by the two clocks.
    init(_ ledger: QuotaLedger, now: Int64, system: Int64) {
        limits = ledger.limits
        active = ledger.globalActive
        waiting = ledger.waiters.count
        sites = ledger.sites
            .map { name, site in
                Site(
                    name: name, limit: site.limit, active: site.active,
                    waiting: site.waiters.count)
            }
            .sorted { $0.name < $1.name }
        holders = ledger.holdings
            .map { number, holding in
                Holder(
                    number: number, scope: holding.request.scope, site: holding.request.site,
                    runID: holding.request.metadata.runID, owner: holding.request.metadata.owner,
                    lease: holding.request.isLease ? Lease.name(number) : nil,
                    sinceAt: system - (now - holding.since))
            }
            .sorted { $0.number < $1.number }
        checkedOut = ledger.totals.checkedOut
        checkedIn = ledger.totals.checkedIn
        rejected = ledger.totals.rejected
    }
}
