extension QuotaLedger {
    enum Answer: Sendable {
        case granted(UInt64)
        case refused(QuotaRefusal)
        /// In line under this number, which will be the reservation's.
        case waits(UInt64)
    }

    /// Lets in who asks, or has it wait, unless the limits will never have a place for it.
    ///
    /// - Parameter place: the number it waited under before, in vain
    mutating func checkOutOrWait(
        _ request: Request, place: UInt64? = nil, correlation: @autoclosure () -> String?,
        now: Int64,
        _ outbox: inout QuotaOutbox
    ) -> Answer {
        guard let refusal = obstacle(request, &outbox) else {
            let number = makeNumber()
            grant(number, request, now: now, .emitter, &outbox)
            return .granted(number)
        }
        guard refusal.cause == .exceeded else {
            return .refused(reject(refusal, .emitter, &outbox))
        }
        guard waiters.count < Self.maximumWaiters else {
            return .refused(reject(refusal.because(.crowded), .emitter, &outbox))
        }
        let number = place.flatMap { isFree($0) ? $0 : nil } ?? makeNumber()
        waiters[number] = Waiter(request: request, correlation: correlation())
        lineUp(number, request)
        return .waits(number)
    }

    /// Takes somebody out of the line; `nil` where it has been let in, or is out already.
    mutating func giveUp(
        _ number: UInt64, _ cause: QuotaRefusal.Cause, _ outbox: inout QuotaOutbox
    ) -> QuotaRefusal? {
        guard let waiter = waiters.removeValue(forKey: number) else { return nil }
        leaveLine(number, waiter.request)
        let refusal = blockage(of: waiter.request).because(cause)
        guard cause != .canceled else { return refusal }
        return reject(refusal, .task(waiter.correlation), &outbox)
    }

    /// Lets in whom there is room for now, first come first served; answers their numbers.
    ///
    /// Whoever waits for a full site stands in nobody's way. Costs as much as there are sites that someone waits for,
    /// for each who is let in.
    mutating func admitWaiters(now: Int64, _ outbox: inout QuotaOutbox) -> [UInt64] {
        guard !waiters.isEmpty else { return [] }
        var admitted: [UInt64] = []
        while globalActive < limits.global, let number = firstAdmissible(),
            let waiter = waiters.removeValue(forKey: number)
        {
            leaveLine(number, waiter.request)
            grant(number, waiter.request, now: now, .task(waiter.correlation), &outbox)
            admitted.append(number)
        }
        return admitted
    }

    private func firstAdmissible() -> UInt64? {
        var first = globalWaiters.first
        for name in awaitedSites {
            guard let site = sites[name], site.hasRoom, let number = site.waiters.first else {
                continue
            }
            first = min(first ?? number, number)
        }
        return first
    }

    /// The limit that keeps a waiter waiting.
    private func blockage(of request: Request) -> QuotaRefusal {
        let site = sites[request.site]
        if request.scope == .site, let site, globalActive < limits.global {
            return QuotaRefusal(
                cause: .exceeded, scope: .site, site: request.site, limit: site.limit ?? 0,
                active: site.active)
        }
        return QuotaRefusal(
            cause: .exceeded, scope: .global, site: request.site, limit: limits.global,
            active: globalActive)
    }

    private func isFree(_ number: UInt64) -> Bool {
        waiters[number] == nil && holdings[number] == nil
    }

    private mutating func lineUp(_ number: UInt64, _ request: Request) {
        guard request.scope == .site else { return globalWaiters.insert(number: number) }
        sites[request.site]?.waiters.insert(number: number)
        awaitedSites.insert(request.site)
    }

    private mutating func leaveLine(_ number: UInt64, _ request: Request) {
        guard request.scope == .site else { return globalWaiters.remove(number: number) }
        guard let index = sites.index(forKey: request.site) else { return }
        sites.values[index].waiters.remove(number: number)
        if sites.values[index].waiters.isEmpty { awaitedSites.remove(request.site) }
    }
}

/// A list in which numbers rise.
extension [UInt64] {
    fileprivate mutating func remove(number: UInt64) {
        let place = place(of: number)
        if place < endIndex, self[place] == number { remove(at: place) }
    }

    fileprivate mutating func insert(number: UInt64) {
        // Who comes anew has the highest number there is.
        guard let last, last > number else { return append(number) }
        insert(number, at: place(of: number))
    }

    /// The first that is not below `number`.
    private func place(of number: UInt64) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
