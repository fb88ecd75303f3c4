import Telemetry

/// The audit log in the store: entries are appended, read and verified, and never changed.
package struct AuditStore: Sendable {
    /// What became of entries that were appended.
    package struct Appended: Sendable, Equatable {
        /// The last of them.
        package let head: AuditVerdict.Anchor
        /// Why the log before them is not as the agent left it, a sentence.
        package let alteration: String?
    }

    private let repo: Repo
    private let keys: AuditKeys

    package init(_ repo: Repo, keys: AuditKeys = .none) {
        self.repo = repo
        self.keys = keys
    }

    /// Stores entries, all or none, in one transaction; committed when this returns. Nil where there are none.
    @discardableResult
    package func append(_ entries: [AuditEntry]) async throws(RepoError) -> Appended? {
        guard !entries.isEmpty else { return nil }
        let (watch, keys) = (repo.audit, keys)
        let appended = try await repo.write { session throws(RepoError) in
            let end = try AuditEnd.read(session)
            let alteration = watch.fault(of: end)
            var tally = try AuditTally.read(session)
            var seq = max(end.given, watch.floor)
            var previous = end.hash.isEmpty ? AuditChain.beginning : end.hash
            for entry in entries {
                guard seq < AuditEnd.lastNumber else { throw .audit(AuditEnd.usedUp(seq)) }
                seq += 1
                let values = AuditRow.values(entry, seq: seq)
                previous = AuditChain.hash(after: previous, values)
                let added = try session.run(
                    .appendAudit, values + [.blob(previous), SQLValue(seal: keys.seal(previous))])
                guard added == 1 else { throw .audit("an entry was not taken by its table") }
                tally.count(entry, seq: seq, hash: previous)
            }
            try tally.save(session)
            let head = AuditVerdict.Anchor(seq: seq, hash: previous)
            watch.extended(from: end, to: tally, last: head)
            return Appended(head: head, alteration: alteration)
        }
        repo.mark.note(appended.head)
        return appended
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

    /// The last entry that the agent has written, or found at its start.
    package var head: AuditVerdict.Anchor? { repo.mark.head }

    /// Looks at every entry, a page to a read: others read and write in between.
    package func verify(against anchor: AuditVerdict.Anchor? = nil)
        async throws(RepoError) -> AuditVerdict
    {
        var walk = AuditWalk(anchor: anchor, left: repo.mark.head, keys: keys)
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
}

extension AuditEnd {
    /// No entry gets a higher number: what counts on from there must never reach the last integer.
    static let lastNumber: Int64 = 1 << 62

    static func usedUp(_ seq: Int64) -> String {
        "its last number is \(seq), and no entry may come after \(lastNumber)"
    }
}

extension SQLValue {
    fileprivate init(seal: [UInt8]?) { self = seal.map(Self.blob) ?? .null }
}
