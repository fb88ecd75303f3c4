import Telemetry

/// Something that happened to the quota, with the counts right after it.
enum QuotaEvent: Sendable, Equatable {
    struct Counts: Sendable, Equatable {
        var global: Int
        /// 0 where it is about no site.
        var site: Int
    }

    case checkedOut(Counts, QuotaScope, site: String, runID: String)
    /// `held` in nanoseconds.
    case checkedIn(
        Counts, held: Int64, QuotaScope, site: String, runID: String, QuotaCheckInReason)
    /// The scope is that of the limit in the way.
    case rejected(Counts, QuotaScope, site: String)
    /// `site` is empty for the limit on everything.
    case limit(Int, QuotaScope, site: String)
}

/// The events of a quota server, made ready.
struct QuotaEvents: Sendable {
    private let checkedOut: PreparedEvent<2, 3>
    private let checkedIn: PreparedEvent<3, 4>
    private let rejected: PreparedEvent<2, 2>
    private let limits: PreparedEvent<1, 2>

    init(_ bus: TelemetryBus, prefix: EventName) {
        let counts: InlineArray<2, String> = ["global_active", "site_active"]
        checkedOut = PreparedEvent(
            bus, prefix.appending("quota.checked_out"), measurements: counts,
            metadata: ["scope", "site", "run_id"])
        checkedIn = PreparedEvent(
            bus, prefix.appending("quota.checked_in"),
            measurements: ["global_active", "site_active", "held"],
            metadata: ["scope", "site", "run_id", "reason"])
        rejected = PreparedEvent(
            bus, prefix.appending("quota.rejected"), measurements: counts,
            metadata: ["scope", "site"])
        limits = PreparedEvent(
            bus, prefix.appending("quota.limits"), measurements: ["limit"],
            metadata: ["scope", "site"])
    }

    func emit(_ entry: QuotaOutbox.Entry) {
        switch entry.correlation {
        case .emitter: emit(entry.event)
        case .task(let id): Correlation.$current.withValue(id) { emit(entry.event) }
        }
    }

    private func emit(_ event: QuotaEvent) {
        switch event {
        case .checkedOut(let counts, let scope, let site, let runID):
            checkedOut.emit(
                [Measurement(counts.global), Measurement(counts.site)],
                [scope.rawValue, site, runID])
        case .checkedIn(let counts, let held, let scope, let site, let runID, let reason):
            checkedIn.emit(
                [Measurement(counts.global), Measurement(counts.site), .integer(held)],
                [scope.rawValue, site, runID, reason.rawValue])
        case .rejected(let counts, let scope, let site):
            rejected.emit(
                [Measurement(counts.global), Measurement(counts.site)], [scope.rawValue, site])
        case .limit(let limit, let scope, let site):
            limits.emit([Measurement(limit)], [scope.rawValue, site])
        }
    }
}
