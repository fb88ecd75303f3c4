import Telemetry

/// Something that happened to the quota, with the counts right after it.
enum QuotaEvent: Sendable, Equatable {
    struct Counts: Sendable, Equatable {
        var global: Int
        /// `nil` where it is about no site; then the event has no such measurement.
        var site: Int?
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
    private let checkedOutGlobally: PreparedEvent<1, 3>
    private let checkedInGlobally: PreparedEvent<2, 4>
    private let rejectedGlobally: PreparedEvent<1, 2>
    private let limits: PreparedEvent<1, 2>

    init(_ bus: TelemetryBus, prefix: EventName) {
        let out = prefix.appending("quota.checked_out")
        let back = prefix.appending("quota.checked_in")
        let refused = prefix.appending("quota.rejected")
        let visit: InlineArray<3, String> = ["scope", "site", "run_id"]
        let end: InlineArray<4, String> = ["scope", "site", "run_id", "reason"]
        let place: InlineArray<2, String> = ["scope", "site"]
        checkedOut = PreparedEvent(
            bus, out, measurements: ["global_active", "site_active"], metadata: visit)
        checkedOutGlobally = PreparedEvent(
            bus, out, measurements: ["global_active"], metadata: visit)
        checkedIn = PreparedEvent(
            bus, back, measurements: ["global_active", "site_active", "held"], metadata: end)
        checkedInGlobally = PreparedEvent(
            bus, back, measurements: ["global_active", "held"], metadata: end)
        rejected = PreparedEvent(
            bus, refused, measurements: ["global_active", "site_active"], metadata: place)
        rejectedGlobally = PreparedEvent(
            bus, refused, measurements: ["global_active"], metadata: place)
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
            let all = Measurement(counts.global)
            if let there = counts.site {
                checkedOut.emit([all, Measurement(there)], [scope.rawValue, site, runID])
            } else {
                checkedOutGlobally.emit([all], [scope.rawValue, site, runID])
            }
        case .checkedIn(let counts, let held, let scope, let site, let runID, let reason):
            let all = Measurement(counts.global)
            if let there = counts.site {
                checkedIn.emit(
                    [all, Measurement(there), .integer(held)],
                    [scope.rawValue, site, runID, reason.rawValue])
            } else {
                checkedInGlobally.emit(
                    [all, .integer(held)], [scope.rawValue, site, runID, reason.rawValue])
            }
        case .rejected(let counts, let scope, let site):
            let all = Measurement(counts.global)
            if let there = counts.site {
                rejected.emit([all, Measurement(there)], [scope.rawValue, site])
            } else {
                rejectedGlobally.emit([all], [scope.rawValue, site])
            }
        case .limit(let limit, let scope, let site):
            limits.emit([Measurement(limit)], [scope.rawValue, site])
        }
    }
}
