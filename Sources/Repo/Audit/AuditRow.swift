/// How an entry stands in its row.
enum AuditRow {
    static let columns = """
        seq, event_type, actor_id, actor_type, resource_type, resource_id, action, details, \
        correlation_id, client_ip, user_agent, inserted_at, hash
        """

    static func decode(_ columns: Columns) throws(RepoError) -> AuditRecord {
        guard let kind = AuditEntry.Actor.Kind(rawValue: columns.text(3)) else {
            throw .corrupt("an audit entry has an actor that is none")
        }
        let entry = AuditEntry(
            eventType: columns.text(1), actor: .init(columns.text(2), kind),
            resourceType: columns.text(4), resourceID: columns.optionalText(5),
            action: columns.text(6), details: columns.text(7),
            correlationID: columns.optionalText(8), clientIP: columns.optionalText(9),
            userAgent: columns.optionalText(10), insertedAt: columns.integer(11))
        return AuditRecord(seq: columns.integer(0), entry: entry, hash: columns.bytes(12))
    }

    static func values(_ entry: AuditEntry, seq: Int64, hash: [UInt8]) -> [SQLValue] {
        [
            .integer(seq), .text(entry.eventType), .text(entry.actor.id),
            .text(entry.actor.kind.rawValue), .text(entry.resourceType),
            SQLValue(entry.resourceID), .text(entry.action), .text(entry.details),
            SQLValue(entry.correlationID), SQLValue(entry.clientIP), SQLValue(entry.userAgent),
            .integer(entry.insertedAt), .blob(hash),
        ]
    }
}

extension Statement {
    static let appendAudit = Statement(
        source: "audit_entries", command: .insert,
        sql: "INSERT INTO audit_entries (\(AuditRow.columns)) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    /// The last number that was given, though its entry be gone, and the last hash there is.
    static let auditEnd = Statement(
        source: "audit_entries", command: .select,
        sql: """
            SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries'), 0),
                coalesce((SELECT max(seq) FROM audit_entries), 0)),
                (SELECT hash FROM audit_entries ORDER BY seq DESC LIMIT 1)
            """)
    static let auditAfter = Statement(
        source: "audit_entries", command: .select,
        sql: "SELECT \(AuditRow.columns) FROM audit_entries WHERE seq > ? ORDER BY seq LIMIT ?")
    static let auditTime = Statement(
        source: "audit_entries", command: .select,
        sql: "SELECT inserted_at FROM audit_entries WHERE seq = ?")
    static let auditGuards = Statement(
        source: "schema", command: .select,
        sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
}
