/// Who holds what, who waits, and whom the limits let in.
///
/// Takes decisions and remembers them, nothing else: the lock around it, the clock and the way out of its events are
/// its server's. After each call nobody waits who could be let in; so whoever finds room overtakes nobody.
struct QuotaLedger: Sendable {
    /// Waiting beyond this many is refused.
    static let maximumWaiters = 10_000
    /// Sites without a limit of their own and without a reservation are forgotten past about this many.
    static let rememberedSites = 4_096

    struct Request: Sendable {
        var scope: QuotaScope
        /// Empty where the scope is global.
        var site: String
        var metadata: QuotaMetadata
        /// Whether someone outside the agent will hold it.
        var isLease: Bool

        init(
            _ scope: QuotaScope, _ site: String, _ metadata: QuotaMetadata, isLease: Bool = false
        ) {
            self.scope = scope
            self.site = scope == .site ? site : ""
            self.metadata = metadata
            self.isLease = isLease
        }
    }

    struct Holding: Sendable {
        let request: Request
        /// Nanoseconds of the monotonic clock.
        let since: Int64
    }

    struct Site: Sendable {
        /// `nil` where it is refused: the limits do not name it any more.
        var limit: Int?
        var active = 0
        /// Who waits for it, by number and so in order of arrival.
        var waiters: [UInt64] = []

        var hasRoom: Bool { active < limit ?? 0 }
        var isIdle: Bool { active == 0 && waiters.isEmpty }
    }

    struct Totals: Sendable, Hashable {
        var checkedOut = 0
        var checkedIn = 0
        var rejected = 0
    }

    struct Waiter: Sendable {
        let request: Request
        /// Of the task that waits.
        let correlation: String?
    }

    var limits: QuotaLimits
    var sites: [String: Site] = [:]
    var globalActive = 0
    var totals = Totals()
    var holdings: [UInt64: Holding] = [:]
    var waiters: [UInt64: Waiter] = [:]
    /// Those who wait for nothing but the limit on everything, in order of arrival.
    var globalWaiters: [UInt64] = []
    /// The sites that someone waits for.
    var awaitedSites: Set<String> = []
    /// When to look for sites to forget.
    var sweepAt = QuotaLedger.rememberedSites
    private var lastNumber: UInt64 = 0

    init(_ limits: QuotaLimits) {
        self.limits = limits
        for (site, limit) in limits.sites { sites[site] = Site(limit: limit) }
    }

    /// Numbers rise; they name reservations and those who wait for one.
    mutating func makeNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    // MARK: In and out

    /// Lets in who asks, or says why not.
    mutating func checkOut(
        _ request: Request, now: Int64, _ outbox: inout QuotaOutbox
    ) -> Result<UInt64, QuotaRefusal> {
        if let refusal = obstacle(request, &outbox) {
            return .failure(reject(refusal, .emitter, &outbox))
        }
        let number = makeNumber()
        grant(number, request, now: now, .emitter, &outbox)
        return .success(number)
    }

    /// Takes a reservation back; false where it was given back before.
    mutating func checkIn(
        _ number: UInt64, _ reason: QuotaCheckInReason, now: Int64, _ outbox: inout QuotaOutbox
    ) -> Bool {
        guard let holding = holdings.removeValue(forKey: number) else { return false }
        let request = holding.request
        globalActive -= 1
        totals.checkedIn += 1
        outbox.add(
            .checkedIn(
                QuotaEvent.Counts(global: globalActive, site: addToSite(-1, request)),
                held: max(0, now - holding.since), request.scope, site: request.site,
                runID: request.metadata.runID, reason))
        return true
    }

    mutating func grant(
        _ number: UInt64, _ request: Request, now: Int64, _ correlation: QuotaOutbox.Correlated,
        _ outbox: inout QuotaOutbox
    ) {
        holdings[number] = Holding(request: request, since: now)
        globalActive += 1
        totals.checkedOut += 1
        outbox.add(
            .checkedOut(
                QuotaEvent.Counts(global: globalActive, site: addToSite(1, request)),
                request.scope, site: request.site, runID: request.metadata.runID),
            correlation)
    }

    /// Counts a reservation of a site; answers how many it has then, `nil` where it is of none.
    private mutating func addToSite(_ change: Int, _ request: Request) -> Int? {
        guard request.scope == .site, let index = sites.index(forKey: request.site) else {
            return nil
        }
        sites.values[index].active += change
        return sites.values[index].active
    }

    // MARK: Refusing

    /// What stands in the way. A site that is seen for the first time gets its place, and its limit is told.
    mutating func obstacle(_ request: Request, _ outbox: inout QuotaOutbox) -> QuotaRefusal? {
        var site: Site?
        if request.scope == .site {
            site = sites[request.site]
            if site == nil, QuotaLimits.isSite(request.site),
                let limit = limits.limit(of: request.site)
            {
                site = remember(request.site, limit: limit, &outbox)
            }
            guard site?.limit != nil else {
                return refusal(.unknownSite, .site, request.site, site)
            }
        }
        if globalActive >= limits.global {
            return refusal(.exceeded, .global, request.site, site)
        }
        if let site, !site.hasRoom { return refusal(.exceeded, .site, request.site, site) }
        return nil
    }

    private func refusal(
        _ cause: QuotaRefusal.Cause, _ scope: QuotaScope, _ name: String, _ site: Site?
    ) -> QuotaRefusal {
        let (limit, active) =
            switch scope {
            case .global: (limits.global, globalActive)
            case .site: (site?.limit ?? 0, site?.active ?? 0)
            }
        return QuotaRefusal(cause: cause, scope: scope, site: name, limit: limit, active: active)
    }

    /// Counts and tells a refusal.
    mutating func reject(
        _ refusal: QuotaRefusal, _ correlation: QuotaOutbox.Correlated,
        _ outbox: inout QuotaOutbox
    ) -> QuotaRefusal {
        totals.rejected += 1
        let counts = QuotaEvent.Counts(
            global: globalActive, site: sites[refusal.site]?.active)
        outbox.add(
            .rejected(
                counts, refusal.scope, site: refusal.site.bounded(QuotaLimits.maximumSiteBytes)),
            correlation)
        return refusal
    }

    private mutating func remember(
        _ name: String, limit: Int, _ outbox: inout QuotaOutbox
    ) -> Site {
        if sites.count >= sweepAt { forgetIdleSites() }
        let site = Site(limit: limit)
        sites[name] = site
        outbox.add(.limit(limit, .site, site: name))
        return site
    }

    /// As many reservations as there may be bound what is left.
    private mutating func forgetIdleSites() {
        sites = sites.filter { !$0.value.isIdle || limits.sites[$0.key] != nil }
        sweepAt = max(Self.rememberedSites, 2 * sites.count)
    }
}
