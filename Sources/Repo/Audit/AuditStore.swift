import GRDB
import Telemetry

/// The audit log in the store: entries are appended, read and verified, and never changed.
package struct AuditStore: Sendable {
    private let repo: Repo

    package init(_ repo: Repo) { self.repo = repo }

    /// Stores entries, all or none, in one transaction; committed when this returns.
    package func append(_ entries: [AuditEntry]) async throws(RepoError) {
        guard !entries.isEmpty else { return }
        try await repo.write { session throws(RepoError) in
            let end = try session.one(.auditEnd) { ($0.integer(0), $0.bytes(1)) }
            var (seq, previous) = end ?? (0, [])
            if previous.isEmpty { previous = AuditChain.beginning }
            for entry in entries {
                guard seq < .max else { throw .constraint("the audit log's numbers are used up") }
                seq += 1
                let values = AuditRow.values(entry, seq: seq, hash: []).dropLast()
                previous = AuditChain.hash(after: previous, values)
                try session.run(.appendAudit, values + [.blob(previous)])
            }
        }
    }

    /// The newest entries, or with `before` those older than that one; newest first.
    package func records(
        _ filter: AuditFilter = AuditFilter(), before: Int64? = nil, limit: Int = 100
    ) async throws(RepoError) -> [AuditRecord] {
        try await repo.read { session throws(RepoError) in
            var end: (at: Int64, seq: Int64)?
            if let before {
                let at = try session.one(.auditTime, [.integer(before)]) { $0.integer(0) }
                guard let at else { return [] }
                end = (at, before)
            }
            let (statement, values) = filter.query(before: end, limit: limit)
            return try session.all(statement, values, decode: AuditRow.decode)
        }
    }

    /// Looks at every entry, a page to a read: others read and write in between.
    package func verify(against anchor: AuditVerdict.Anchor? = nil)
        async throws(RepoError) -> AuditVerdict
    {
        var walk = AuditWalk(anchor: anchor)
        while true {
            let start = walk
            let (next, goesOn) = try await repo.read { session throws(RepoError) in
                var walk = start
                let goesOn = try walk.page(session)
                return (walk, goesOn)
            }
            walk = next
            guard goesOn else { return walk.verdict }
        }
    }

    /// The same for a file, whether an agent has it open or not; nothing is written.
    package static func verify(
        path: String, against anchor: AuditVerdict.Anchor? = nil
    ) throws(RepoError) -> AuditVerdict {
        let file = StoreFile(path: path)
        guard try file.look() != nil else { throw .place(path: path, reason: "it is not there") }
        var settings = Repo.Settings(path: path)
        settings.readers = 1
        let events: RepoEvents
        do {
            events = try RepoEvents(
                bus: TelemetryBus(), prefix: settings.eventPrefix, repo: settings.name,
                database: file.name)
        } catch { throw .settings("\(error)") }
        let sessions = Sessions(events, PoolGauge())
        var configuration = settings.configuration(sessions)
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            var walk = AuditWalk(anchor: anchor)
            while try queue.read({ database in try walk.page(sessions.of(database)) }) {}
            queue.inDatabase { _ in sessions.forget() }
            try queue.close()
            return walk.verdict
        } catch { throw RepoError(error) }
    }
}
