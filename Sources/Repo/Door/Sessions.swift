import GRDB
import Telemetry

/// The sessions of all connections.
///
/// A session is touched on its connection's queue alone, or, by `forget`, while no access runs.
final class Sessions: Sendable {
    private let events: RepoEvents
    private let gauge: PoolGauge
    private let open = Guarded<[ObjectIdentifier: Session]>([:])

    init(_ events: RepoEvents, _ gauge: PoolGauge) {
        self.events = events
        self.gauge = gauge
    }

    /// The connection's session; a new one for a new connection.
    func of(_ database: Database) throws(RepoError) -> Session {
        guard let connection = database.sqliteConnection else { throw .closed }
        return open.withLock { open in
            if let known = open[ObjectIdentifier(database)] { return known }
            let new = Session(connection, events)
            open[ObjectIdentifier(database)] = new
            gauge.opened()
            return new
        }
    }

    /// Frees what the sessions have prepared, so that the connections can be closed.
    func forget() {
        open.withLock { open in
            for session in open.values { session.forget() }
            open = [:]
        }
    }
}
