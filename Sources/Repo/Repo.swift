import GRDB
import Synchronization
package import Telemetry

/// The agent's store: an SQLite file in WAL mode, one connection that writes and a few that read.
///
///     let repo = try Repo(settings: .init(path: "/var/lib/agent/agent.db"), bus: bus)
///     let count = try await repo.read { session throws(RepoError) in
///         try session.one(countRuns) { $0.integer(0) } ?? 0
///     }
///
/// A committed transaction survives the end of the process, however it ends; that of the machine may cost the last
/// ones, and never the rest (`synchronous = NORMAL`).
package final class Repo: Sendable {
    package let settings: Settings
    let events: RepoEvents
    private let gauge = PoolGauge()
    private let isClosed = Atomic(false)
    private let pool: DatabasePool
    private let sessions: Sessions
    let schema: SchemaWatch
    let audit = AuditWatch()
    let mark: StoreMark
    private let found = Guarded<[StoreFinding]>([])
    /// The last to be let go of.
    private let lock: Guarded<StoreLock?>

    /// Opens the store, making what is not there, and brings its schema up to date. Blocks for as long.
    ///
    /// A file that cannot be the agent's store, or not yet, is left byte for byte as it is.
    package init(settings: Settings, bus: TelemetryBus) throws(RepoError) {
        try settings.check()
        self.settings = settings
        let file = StoreFile(path: settings.path)
        do {
            events = try RepoEvents(
                bus: bus, prefix: settings.eventPrefix, repo: settings.name, database: file.name)
        } catch {
            throw .settings("\(error)")
        }
        try file.look()
        try file.makeDirectory()
        let lock = try StoreLock(file)
        try file.checkNames()
        try lock.hold(file)
        try StoreCheck(file).run()
        try lock.hold(file)
        self.lock = Guarded(lock)
        file.restrict()
        mark = try StoreMark(file)
        let isLogGone = mark.isOpen && StoreFile.size(file.path + "-wal") == 0
        schema = SchemaWatch(path: settings.path)
        sessions = Sessions(events, gauge)
        do {
            pool = try DatabasePool(
                path: settings.path, configuration: settings.configuration(sessions))
        } catch { throw RepoError(error) }
        if isLogGone { found.withLock { $0.append(.logIsGone(file.path)) } }
        try writeNow { session throws(RepoError) in
            try schema.look(session)
            try Migration.apply(in: session)
            try schema.look(session)
            try beginAudit(session)
        }
        events.opened(poolSize: settings.readers + 1, timeout: settings.busyTimeout)
        reportPool()
    }

    // MARK: Access

    /// Reads, on a connection that reads: all statements of `body` see the same state of the store.
    ///
    /// It is not cut short where the task is cancelled.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws(RepoError) -> Value
    ) async throws(RepoError) -> Value {
        let asked = ask()
        let result: Result<Value, RepoError> = await withCheckedContinuation { continuation in
            pool.asyncRead { access in
                continuation.resume(returning: self.perform(access, asked, body))
            }
        }
        return try result.get()
    }

    /// Writes, in one transaction: committed when this returns, undone where it throws.
    ///
    /// It is not cut short where the task is cancelled: what is stored does not depend on who still waits.
    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws(RepoError) -> Value
    ) async throws(RepoError) -> Value {
        let asked = ask()
        let result: Result<Value, RepoError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                let result = self.perform(.success(database), asked) {
                    session throws(RepoError) in
                    try session.transaction { () throws(RepoError) in try body(session) }
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    /// Works on the writing connection outside of any transaction, as some pragmas ask for.
    func maintain<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws(RepoError) -> Value
    ) async throws(RepoError) -> Value {
        let asked = ask()
        let result: Result<Value, RepoError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: self.perform(.success(database), asked, body))
            }
        }
        return try result.get()
    }

    /// What was not as an agent leaves its store, when it was opened.
    package var findings: [StoreFinding] { found.withLock { $0 } }

    /// Holds the end of the audit log against what the last agent wrote down of it.
    private func beginAudit(_ session: Session) throws(RepoError) {
        let end = try AuditEnd.read(session)
        guard end.given < AuditEnd.lastNumber else { throw .audit(AuditEnd.usedUp(end.given)) }
        let left = mark.head.flatMap { $0.seq < AuditEnd.lastNumber ? $0 : nil }
        if let left, let finding = try StoreFinding.end(end, left, session) {
            found.withLock { $0.append(finding) }
        }
        audit.begin(end, try AuditTally.read(session), floor: left?.seq ?? 0)
        mark.begin(end.last)
    }

    /// Emits `<prefix>.pool`; called every second or so.
    package func reportPool() { events.pool(gauge.state) }

    /// How busy the connections are.
    package var poolState: PoolState { gauge.state }

    /// Waits for accesses that run, carries all that is new over to the file, closes the connections, and lets another
    /// agent have the store. What comes later fails with `.closed`.
    package func close() throws(RepoError) {
        guard isClosed.exchange(true, ordering: .acquiringAndReleasing) == false else { return }
        var isWhole = false
        do {
            // The connection that is closed last only reads: it would leave everything in the log.
            try pool.barrierWriteWithoutTransaction { database in
                isWhole = (try? sessions.of(database).one(.carryAllOver) { $0.integer(0) }) == 0
                sessions.forget()
            }
            try pool.close()
        } catch { throw RepoError(error) }
        if isWhole { mark.end() }
        lock.withLock { $0 = nil }
        let file = StoreFile(path: settings.path).name
        guard isWhole else {
            throw .busy("what is new stays in \(file)-wal; keep it beside \(file)")
        }
    }

    // MARK: Check-outs

    private func writeNow(_ body: (Session) throws(RepoError) -> Void) throws(RepoError) {
        let asked = ask()
        let result = pool.writeWithoutTransaction { database in
            perform(.success(database), asked, body)
        }
        try result.get()
    }

    private func ask() -> Int64 {
        gauge.asked()
        return events.now()
    }

    private func perform<Value>(
        _ access: Result<Database, any Error>, _ asked: Int64,
        _ body: (Session) throws(RepoError) -> Value
    ) -> Result<Value, RepoError> {
        guard !isClosed.load(ordering: .acquiring) else {
            gauge.gaveUp()
            return .failure(.closed)
        }
        let session: Session
        switch access.flatMap({ database in Result { try sessions.of(database) } }) {
        case .success(let found): session = found
        case .failure(let error):
            gauge.gaveUp()
            return .failure(RepoError(error))
        }
        gauge.began()
        session.checkOut(asked: asked)
        defer {
            session.checkIn()
            gauge.ended()
        }
        do throws(RepoError) { return .success(try body(session)) } catch {
            return .failure(error)
        }
    }
}
