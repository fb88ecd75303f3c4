import Telemetry

/// The events of one store, prepared once.
struct RepoEvents: Sendable {
    let bus: TelemetryBus
    let repo: String
    let database: String
    private let rowsFirst: PreparedEvent<6, 5>
    private let rowsLater: PreparedEvent<4, 5>
    private let changeFirst: PreparedEvent<5, 5>
    private let changeLater: PreparedEvent<3, 5>
    private let controlFirst: PreparedEvent<4, 5>
    private let controlLater: PreparedEvent<2, 5>
    private let errorFirst: PreparedEvent<4, 6>
    private let errorLater: PreparedEvent<2, 6>
    private let transactionEvent: PreparedEvent<1, 2>
    private let poolEvent: PreparedEvent<3, 1>
    private let initEvent: PreparedEvent<2, 2>

    init(bus: TelemetryBus, prefix: String, repo: String, database: String) throws(EventNameError) {
        self.bus = bus
        self.repo = repo
        self.database = database
        let query = try EventName(prefix + ".query")
        rowsFirst = PreparedEvent(
            bus, query,
            measurements: [
                "idle_time", "queue_time", "query_time", "decode_time", "total_time", "num_rows",
            ],
            metadata: ["repo", "source", "command", "result", "statement"])
        rowsLater = PreparedEvent(
            bus, query, measurements: ["query_time", "decode_time", "total_time", "num_rows"],
            metadata: ["repo", "source", "command", "result", "statement"])
        changeFirst = PreparedEvent(
            bus, query,
            measurements: ["idle_time", "queue_time", "query_time", "total_time", "num_rows"],
            metadata: ["repo", "source", "command", "result", "statement"])
        changeLater = PreparedEvent(
            bus, query, measurements: ["query_time", "total_time", "num_rows"],
            metadata: ["repo", "source", "command", "result", "statement"])
        controlFirst = PreparedEvent(
            bus, query, measurements: ["idle_time", "queue_time", "query_time", "total_time"],
            metadata: ["repo", "source", "command", "result", "statement"])
        controlLater = PreparedEvent(
            bus, query, measurements: ["query_time", "total_time"],
            metadata: ["repo", "source", "command", "result", "statement"])
        errorFirst = PreparedEvent(
            bus, query, measurements: ["idle_time", "queue_time", "query_time", "total_time"],
            metadata: ["repo", "source", "command", "result", "statement", "error_kind"])
        errorLater = PreparedEvent(
            bus, query, measurements: ["query_time", "total_time"],
            metadata: ["repo", "source", "command", "result", "statement", "error_kind"])
        transactionEvent = PreparedEvent(
            bus, try EventName(prefix + ".transaction"), measurements: ["duration"],
            metadata: ["repo", "outcome"])
        poolEvent = PreparedEvent(
            bus, try EventName(prefix + ".pool"), measurements: ["in_use", "idle", "waiting"],
            metadata: ["repo"])
        initEvent = PreparedEvent(
            bus, try EventName(prefix + ".init"), measurements: ["pool_size", "timeout"],
            metadata: ["repo", "database"])
    }

    func now() -> Int64 { bus.clock.monotonic() }

    /// What a statement's events need, with everything resolved that its text decides.
    func bind(_ statement: Statement, returnsRows: Bool) -> BoundQuery {
        func metadata() -> InlineArray<5, String> {
            [
                repo, statement.source, statement.command.rawValue, "ok", statement.fingerprint,
            ]
        }
        if returnsRows {
            return .rows(first: rowsFirst.bind(metadata()), later: rowsLater.bind(metadata()))
        }
        return statement.command.changesRows
            ? .change(first: changeFirst.bind(metadata()), later: changeLater.bind(metadata()))
            : .control(first: controlFirst.bind(metadata()), later: controlLater.bind(metadata()))
    }

    func failed(_ statement: Statement, _ error: RepoError, _ wait: CheckOutTimes?, query: Int64) {
        func metadata() -> InlineArray<6, String> {
            [
                repo, statement.source, statement.command.rawValue, "error", statement.fingerprint,
                error.kind,
            ]
        }
        if let wait {
            errorFirst.emit(
                [
                    .integer(wait.idle), .integer(wait.queue), .integer(query),
                    .integer(wait.queue &+ query),
                ], metadata())
        } else {
            errorLater.emit([.integer(query), .integer(query)], metadata())
        }
    }

    func transaction(duration: Int64, outcome: String) {
        transactionEvent.emit([.integer(duration)], [repo, outcome])
    }

    func pool(_ state: PoolState) {
        poolEvent.emit(
            [.init(state.inUse), .init(state.idle), .init(state.waiting)], [repo])
    }

    func opened(poolSize: Int, timeout: Duration) {
        initEvent.emit([.init(poolSize), .integer(timeout.nanoseconds)], [repo, database])
    }
}

/// How long an access waited for its connection, and the connection for an access. The first statement of an
/// access carries it.
struct CheckOutTimes {
    let idle: Int64
    let queue: Int64
}

/// The events of one statement, resolved: with rows to decode, with rows that it changes or with none to speak of;
/// first of its access or later.
enum BoundQuery: Sendable {
    case rows(first: BoundEvent<6>, later: BoundEvent<4>)
    case change(first: BoundEvent<5>, later: BoundEvent<3>)
    case control(first: BoundEvent<4>, later: BoundEvent<2>)

    func emit(_ wait: CheckOutTimes?, query: Int64, decode: Int64, rows: Int64) {
        let total = (wait?.queue ?? 0) &+ query &+ decode
        switch (self, wait) {
        case (.rows(let first, _), let wait?):
            first.emit([
                .integer(wait.idle), .integer(wait.queue), .integer(query), .integer(decode),
                .integer(total), .integer(rows),
            ])
        case (.rows(_, let later), nil):
            later.emit([.integer(query), .integer(decode), .integer(total), .integer(rows)])
        case (.change(let first, _), let wait?):
            first.emit([
                .integer(wait.idle), .integer(wait.queue), .integer(query), .integer(total),
                .integer(rows),
            ])
        case (.change(_, let later), nil):
            later.emit([.integer(query), .integer(total), .integer(rows)])
        case (.control(let first, _), let wait?):
            first.emit([
                .integer(wait.idle), .integer(wait.queue), .integer(query), .integer(total),
            ])
        case (.control(_, let later), nil):
            later.emit([.integer(query), .integer(total)])
        }
    }
}
