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
        lock = Guarded(try StoreLock(file))
        try StoreCheck(file).run()
        file.restrict()
        sessions = Sessions(events, gauge)
        do {
            pool = try DatabasePool(
                path: settings.path, configuration: settings.configuration(sessions))
        } catch { throw RepoError(error) }
        try writeNow { session throws(RepoError) in try Migration.apply(in: session) }
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

    /// Emits `<prefix>.pool`; called every second or so.
    package func reportPool() { events.pool(gauge.state) }

    /// How busy the connections are.
    package var poolState: PoolState { gauge.state }

    /// Waits for accesses that run, closes the connections, and lets another agent have the store. What comes
    /// later fails with `.closed`.
    package func close() throws(RepoError) {
        guard isClosed.exchange(true, ordering: .acquiringAndReleasing) == false else { return }
        do {
            try pool.barrierWriteWithoutTransaction { _ in sessions.forget() }
            try pool.close()
        } catch { throw RepoError(error) }
        lock.withLock { $0 = nil }
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
