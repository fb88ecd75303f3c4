import Glibc
package import PubSub
import Synchronization
package import Telemetry

/// Lets in as many as the limits allow, at once or in order of arrival, and tells every step as an event.
///
///     let reservation = try quota.checkOut(site: "chi1", metadata: QuotaMetadata(runID: id))
///     defer { quota.checkIn(reservation) }
///
/// Any thread may call it. Its lock is held for the decision alone: events go out after it, in the order of the
/// decisions (`QuotaOutbox`). An event may therefore be emitted by another thread, shortly after the call returned.
package final class QuotaServer: Sendable {
    struct State: Sendable {
        var ledger: QuotaLedger
        var outbox = QuotaOutbox()
        var waiting = QuotaWaiting()

        mutating func setLimits(_ limits: QuotaLimits, now: Int64) {
            ledger.setLimits(limits, &outbox)
            admitWaiters(now: now)
        }
    }

    let timeTeller: TelemetryClock
    /// For deadlines.
    let clock: any Clock<Duration>
    private let events: QuotaEvents
    private let hub: PubSub?
    private let state: Mutex<State>

    /// Events are `<eventPrefix>.quota.checked_out`, `.checked_in`, `.rejected` and `.limits`, which it begins with.
    ///
    /// - Parameter hub: told that something has changed, under `Topic.quota`.
    package init(
        limits: QuotaLimits, bus: TelemetryBus, eventPrefix: EventName = "net_auto",
        hub: PubSub? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) {
        timeTeller = bus.clock
        self.clock = clock
        events = QuotaEvents(bus, prefix: eventPrefix)
        self.hub = hub
        state = Mutex(State(ledger: QuotaLedger(limits)))
        announceLimits()
    }

    /// Lets in at once, or refuses.
    package func checkOut(
        scope: QuotaScope = .site, site: String, metadata: QuotaMetadata = QuotaMetadata()
    ) throws(QuotaRefusal) -> Reservation {
        try checkOut(QuotaLedger.Request(scope, site, metadata))
    }

    func checkOut(_ request: QuotaLedger.Request) throws(QuotaRefusal) -> Reservation {
        let now = timeTeller.monotonic()
        let number = change { $0.ledger.checkOut(request, now: now, &$0.outbox) }
        return Reservation(try number.get(), request, of: self)
    }

    /// Gives a reservation back. Doing so again changes nothing.
    package func checkIn(_ reservation: Reservation, reason: QuotaCheckInReason = .normal) {
        reservation.checkIn(reason: reason)
    }

    func release(_ number: UInt64, _ reason: QuotaCheckInReason) {
        let now = timeTeller.monotonic()
        change { state in
            if state.ledger.checkIn(number, reason, now: now, &state.outbox) {
                state.admitWaiters(now: now)
            }
        }
    }

    /// Takes other limits from now on. Nobody who is in is put out; whom they have room for is let in.
    package func setLimits(_ limits: QuotaLimits) {
        let now = timeTeller.monotonic()
        change { $0.setLimits(limits, now: now) }
    }

    /// Takes what `transform` makes of the limits there are, under the lock: of two that change them at once, the
    /// second sees what the first made. Answers the limits before and after.
    @discardableResult
    package func changeLimits(
        _ transform: (QuotaLimits) throws(QuotaLimitsError) -> QuotaLimits
    ) throws(QuotaLimitsError) -> (before: QuotaLimits, after: QuotaLimits) {
        let now = timeTeller.monotonic()
        let result: Result<(before: QuotaLimits, after: QuotaLimits), QuotaLimitsError> = change {
            state in
            let before = state.ledger.limits
            do throws(QuotaLimitsError) {
                let after = try transform(before)
                state.setLimits(after, now: now)
                return .success((before, after))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Emits all limits again: for handlers that were not there when they changed.
    package func announceLimits() {
        change { $0.ledger.announceLimits(&$0.outbox) }
    }

    /// What there is at this moment.
    package func debugState() -> QuotaState {
        let ledger = state.withLock { $0.ledger }
        return QuotaState(ledger, now: timeTeller.monotonic(), system: timeTeller.system())
    }

    // MARK: The lock, and what goes out after it

    /// Changes the state; then resumes who was decided about and emits what happened, without the lock.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        var (value, ready, batch, isCrowded) = state.withLock { state in
            let value = body(&state)
            return (
                value, state.waiting.takeReady(), state.outbox.begin(), state.outbox.isCrowded
            )
        }
        for wake in ready { wake() }
        if batch != nil { emit(&batch) } else if isCrowded { letEmitterCatchUp() }
        return value
    }

    /// Emits and takes the next until there is none. The list is handed over, not shared: it is used again.
    private func emit(_ batch: inout [QuotaOutbox.Entry]?) {
        while var entries = batch.take() {
            for entry in entries { events.emit(entry) }
            if let hub, hub.hasSubscribers([.quota]) {
                hub.publish(Message(QuotaNotice(count: entries.count), to: [.quota]))
            }
            entries.removeAll(keepingCapacity: true)
            state.withLock { batch = $0.outbox.next(entries) }
        }
    }

    /// Gives the processor away for a while, so that events do not pile up faster than they are emitted. Bounded, for
    /// the caller may be a handler that the emitter runs.
    private func letEmitterCatchUp() {
        for _ in 0..<256 {
            sched_yield()
            guard state.withLock({ $0.outbox.isCrowded }) else { return }
        }
    }
}
