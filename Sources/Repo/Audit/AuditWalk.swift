import Digest

/// Goes through the log from its first entry to its last, a page at a time, and notes what is wrong.
struct AuditWalk: Sendable {
    private(set) var verdict = AuditVerdict()
    private let anchor: AuditVerdict.Anchor?
    private var previous = AuditChain.beginning
    private var last: Int64 = 0

    init(anchor: AuditVerdict.Anchor?) { self.anchor = anchor }

    /// Looks at the next page. Answers false after the last one.
    mutating func page(_ session: Session, size: Int64 = 1000) throws(RepoError) -> Bool {
        var walk = self
        var count: Int64 = 0
        // A row with a number below the first is met on the first page.
        let after = verdict.entries == 0 ? Int64.min : last
        try session.each(.auditAfter, [.integer(after), .integer(size)]) { columns in
            walk.take(columns)
            count += 1
            return true
        }
        if count < size { try walk.end(session) }
        self = walk
        return count == size
    }

    private mutating func take(_ row: Columns) {
        let seq = row.integer(0)
        let hash = row.bytes(12)
        let matches = AuditChain.hash(after: previous, row) == hash
        if seq > last, seq - 1 > last {
            // The one behind a gap may well match: it was appended when the gap was there.
            verdict.add(.missing(last + 1...seq - 1))
        } else if seq <= last || !matches {
            verdict.add(.changed(seq: seq))
        }
        let head = AuditVerdict.Anchor(seq: seq, hash: SHA256.hex(hash))
        if let anchor, anchor.seq == seq, anchor.hash != head.hash {
            verdict.add(.notTheAnchor(seq: seq))
        }
        verdict.entries += 1
        verdict.head = head
        previous = hash
        last = max(last, seq)
    }

    /// In the same read as the last page, so that what is appended meanwhile does not look like a gap.
    private mutating func end(_ session: Session) throws(RepoError) {
        let given = try session.one(.auditEnd) { $0.integer(0) } ?? 0
        let known = max(given, anchor?.seq ?? 0)
        if known > last { verdict.add(.missing(last + 1...known)) }
        let found = try session.all(.auditGuards) { ($0.text(0), $0.text(1)) }
        for (name, sql) in Migration.auditGuards
        where !found.contains(where: { $0 == (name, sql) }) {
            verdict.add(.guardMissing(name: name))
        }
    }
}
