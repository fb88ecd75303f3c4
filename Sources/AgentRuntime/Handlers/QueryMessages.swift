import Logging
import Telemetry

/// Queries that failed, and those that took long.
struct QueryMessages: EventMessages {
    /// Slower ones are told of.
    let threshold: Duration

    func gravity(of keys: EventKeys) -> EventGravity? {
        guard keys.name.description.hasSuffix(".query") else { return nil }
        var gravity = EventGravity().failing("result", unless: "ok", at: .error, in: keys)
        let total = Self.totals.lazy.compactMap { keys.measurements.lastIndex(of: $0) }.first
        gravity.slowness = total.map {
            .init(measurement: $0, nanoseconds: threshold.nanoseconds, level: .warning)
        }
        return gravity
    }

    /// How long a query took in all, as it may be called.
    private static let totals = ["total_time", "query_time", "duration"]

    func message(_ event: UnpackedEvent) -> EventMessage? {
        if let result = event.text("result"), result != "ok" {
            return EventMessage(.error, "query failed", event.fields)
        }
        return EventMessage(.warning, "slow query", event.fields)
    }
}
