import Telemetry

extension QuotaServer {
    /// Lets in at once or as soon as there is room, first come first served, but not later than the time given.
    ///
    /// Who waits for a site that is full holds up nobody who wants another. Where `place` is given, who has waited in vain
    /// does not lose its place in the line: the next try goes on with it. Canceling the task ends the wait; where it
    /// was let in just before, it gets its reservation none the less.
    package func checkOut(
        scope: QuotaScope = .site, site: String, metadata: QuotaMetadata = QuotaMetadata(),
        within limit: Duration, place: QuotaPlace? = nil
    ) async throws(QuotaRefusal) -> Reservation {
        try await checkOut(
            QuotaLedger.Request(scope, site, metadata), within: limit, place: place)
    }

    func checkOut(
        _ request: QuotaLedger.Request, within limit: Duration, place: QuotaPlace? = nil
    ) async throws(QuotaRefusal) -> Reservation {
        guard limit > .zero else { return try checkOut(request) }
        let now = timeTeller.monotonic()
        let answer = change { state in
            let answer = state.ledger.checkOutOrWait(
                request, place: place?.number, correlation: Correlation.current, now: now,
                &state.outbox)
            if case .waits(let number) = answer { state.waiting.begin(number) }
            return answer
        }
        switch answer {
        case .granted(let number):
            place?.keep(nil)
            return Reservation(number, request, of: self)
        case .refused(let refusal): throw refusal
        case .waits(let number):
            let refusal = await outcome(number, within: limit)
            place?.keep(refusal?.cause == .deadline ? number : nil)
            if let refusal { throw refusal }
            return Reservation(number, request, of: self)
        }
    }

    private func outcome(_ number: UInt64, within limit: Duration) async -> QuotaRefusal? {
        async let _: Void = expire(number, after: limit)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { task in
                change { $0.waiting.suspend(number, task) }
            }
        } onCancel: {
            giveUp(number, .canceled)
        }
    }

    private func expire(_ number: UInt64, after limit: Duration) async {
        // No wait is meant to be longer than a year, and clocks add.
        let limit = min(limit, .seconds(365 * 86_400))
        guard (try? await clock.sleep(for: limit)) != nil else { return }
        giveUp(number, .deadline)
    }

    private func giveUp(_ number: UInt64, _ cause: QuotaRefusal.Cause) {
        change { state in
            if let refusal = state.ledger.giveUp(number, cause, &state.outbox) {
                state.waiting.decide(number, refusal)
            }
        }
    }
}
