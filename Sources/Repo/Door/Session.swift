import GRDBSQLite
import Telemetry

/// The one door to a connection: every statement goes through it, and each emits `<prefix>.query`.
///
/// A session is one connection's. It is good inside the closure of `Repo.read` or `Repo.write` it is given to, and
/// only there.
package final class Session {
    private let connection: OpaquePointer
    private let events: RepoEvents
    private var prepared: [ObjectIdentifier: PreparedStatement] = [:]
    /// Kept because `prepared` knows statements by identity.
    private var statements: [Statement] = []
    /// What the next statement says of the check-out; nil once one has said it.
    private var wait: CheckOutTimes?
    /// When the connection became free.
    private var freeSince: Int64

    init(_ connection: OpaquePointer, _ events: RepoEvents) {
        self.connection = connection
        self.events = events
        freeSince = events.now()
    }

    // MARK: Statements

    /// All rows of a statement, decoded.
    package func all<Value>(
        _ statement: Statement, _ arguments: [SQLValue] = [],
        decode: (Columns) throws(RepoError) -> Value
    ) throws(RepoError) -> [Value] {
        var values: [Value] = []
        try each(statement, arguments) { columns throws(RepoError) in
            values.append(try decode(columns))
            return true
        }
        return values
    }

    /// The first row of a statement, decoded; nil where there is none.
    package func one<Value>(
        _ statement: Statement, _ arguments: [SQLValue] = [],
        decode: (Columns) throws(RepoError) -> Value
    ) throws(RepoError) -> Value? {
        var value: Value?
        try each(statement, arguments) { columns throws(RepoError) in
            value = try decode(columns)
            return false
        }
        return value
    }

    /// Executes a statement for what it changes. Answers how many rows it inserted, updated or deleted.
    @discardableResult
    package func run(_ statement: Statement, _ arguments: [SQLValue] = []) throws(RepoError)
        -> Int64
    {
        try execute(statement, arguments) { _ in true }
    }

    /// Gives the rows of a statement to `body`, one by one, until it answers false.
    package func each(
        _ statement: Statement, _ arguments: [SQLValue] = [],
        _ body: (Columns) throws(RepoError) -> Bool
    ) throws(RepoError) {
        _ = try execute(statement, arguments, body)
    }

    // MARK: The life of a check-out

    var isInTransaction: Bool { sqlite3_get_autocommit(connection) == 0 }

    func now() -> Int64 { events.now() }

    /// Says how a transaction that began at `start` ended.
    func report(_ start: Int64, _ outcome: String) {
        events.transaction(duration: events.now() &- start, outcome: outcome)
    }

    /// Starts an access that was asked for at `asked`.
    func checkOut(asked: Int64) {
        let now = events.now()
        wait = CheckOutTimes(idle: max(0, asked &- freeSince), queue: max(0, now &- asked))
    }

    func checkIn() { freeSince = events.now() }

    /// Frees what is prepared, so that the connection can be closed.
    func forget() {
        prepared = [:]
        statements = []
    }

    // MARK: Execution

    private func execute(
        _ statement: Statement, _ arguments: [SQLValue],
        _ body: (Columns) throws(RepoError) -> Bool
    ) throws(RepoError) -> Int64 {
        let wait = wait
        self.wait = nil
        var timer = QueryTimer(events.bus.clock)
        do {
            let statement = try prepare(statement)
            defer { statement.reset() }
            var rows: Int64 = 0
            try statement.bind(arguments)
            while try statement.step() {
                rows &+= 1
                timer.decoding()
                guard try body(Columns(statement.handle)) else { break }
                timer.querying()
            }
            timer.stop()
            let count = statement.returnsRows ? rows : statement.changes
            statement.events.emit(wait, query: timer.query, decode: timer.decode, rows: count)
            return count
        } catch {
            timer.stop()
            events.failed(statement, error, wait, query: timer.query &+ timer.decode)
            throw error
        }
    }

    private func prepare(_ statement: Statement) throws(RepoError) -> PreparedStatement {
        if let known = prepared[ObjectIdentifier(statement)] { return known }
        let new = try PreparedStatement(statement, on: connection, events: events)
        prepared[ObjectIdentifier(statement)] = new
        statements.append(statement)
        return new
    }
}

/// Tells the time SQLite works from the time its rows are decoded.
private struct QueryTimer {
    private let clock: TelemetryClock
    private var last: Int64
    private var isDecoding = false
    private(set) var query: Int64 = 0
    private(set) var decode: Int64 = 0

    init(_ clock: TelemetryClock) {
        self.clock = clock
        last = clock.monotonic()
    }

    mutating func decoding() { turn(true) }
    mutating func querying() { turn(false) }
    mutating func stop() { turn(false) }

    private mutating func turn(_ decoding: Bool) {
        let now = clock.monotonic()
        if isDecoding { decode &+= now &- last } else { query &+= now &- last }
        last = now
        isDecoding = decoding
    }
}
