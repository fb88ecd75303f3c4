import Logging
import Telemetry

/// Queries that failed, and those that took long.
struct QueryMessages: EventMessages {
    /// Slower ones are told of.
    let threshold: Duration

    func telling(of keys: EventKeys) -> EventTelling? {
        guard keys.lastWord == "query" else { return nil }
        var gravity = EventGravity().failing("result", unless: "ok", at: .error, in: keys)
        let total = Self.totals.lazy.compactMap { keys.measurements.lastIndex(of: $0) }.first
        gravity.slowness = total.map {
            .init(measurement: $0, nanoseconds: threshold.nanoseconds, level: .warning)
        }
        let result = keys.metadataIndex(of: "result")
        return EventTelling(gravity) { event in
            switch event.word(at: result) {
            case "ok", nil: .init(.warning, "slow query")
            default: .init(.error, "query failed")
            }
        }
    }

    /// How long a query took in all, as it may be called.
    private static let totals = ["total_time", "query_time", "duration"]
}
