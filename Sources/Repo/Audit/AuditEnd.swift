/// What the store itself keeps of the audit log as a whole.
struct AuditTally: Sendable, Equatable {
    var entries: Int64 = 0
    /// About what they take of the file.
    var bytes: Int64 = 0
    /// The last number given.
    var seq: Int64 = 0
    /// Of the last entry; empty before the first.
    var hash: [UInt8] = []

    mutating func count(_ entry: AuditEntry, seq: Int64, hash: [UInt8]) {
        entries = entries.addingReportingOverflow(1).partialValue
        let sum = bytes.addingReportingOverflow(AuditSize.bytes(of: entry))
        bytes = sum.overflow ? .max : sum.partialValue
        self.seq = seq
        self.hash = hash
    }

    static func read(_ session: Session) throws(RepoError) -> AuditTally {
        try session.one(.auditTally) {
            AuditTally(
                entries: $0.integer(0), bytes: $0.integer(1), seq: $0.integer(2),
                hash: $0.bytes(3))
        } ?? AuditTally()
    }

    func save(_ session: Session) throws(RepoError) {
        try session.run(
            .saveAuditTally,
            [.integer(entries), .integer(bytes), .integer(seq), .blob(hash)])
    }
}

/// Where the audit log ends.
struct AuditEnd: Sendable, Equatable {
    /// The last number that was given, though its entry be gone.
    let given: Int64
    /// The last entry there is.
    let last: AuditVerdict.Anchor?
    let hash: [UInt8]

    static func read(_ session: Session) throws(RepoError) -> AuditEnd {
        let end = try session.one(.auditEnd) { row in
            let hash = row.bytes(2)
            let last = AuditVerdict.Anchor(seq: row.integer(1), hash: hash)
            return AuditEnd(given: row.integer(0), last: row.isNull(1) ? nil : last, hash: hash)
        }
        return end ?? AuditEnd(given: 0, last: nil, hash: [])
    }
}

extension Statement {
    static let auditTally = Statement(
        source: "audit_tally", command: .select,
        sql: "SELECT entries, bytes, seq, hash FROM audit_tally WHERE one = 1")
    static let saveAuditTally = Statement(
        source: "audit_tally", command: .insert,
        sql: """
            INSERT OR REPLACE INTO audit_tally (one, entries, bytes, seq, hash)
            VALUES (1, ?, ?, ?, ?)
            """)
    /// The last number that was given, and the last entry there is.
    static let auditEnd = Statement(
        source: "audit_entries", command: .select,
        sql: """
            SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries'), 0),
                coalesce((SELECT max(seq) FROM audit_entries), 0)),
                (SELECT max(seq) FROM audit_entries),
                (SELECT hash FROM audit_entries ORDER BY seq DESC LIMIT 1)
            """)
}
