/// How an entry stands in its row.
enum AuditRow {
    static let columns = """
        seq, event_type, actor_id, actor_type, resource_type, resource_id, action, details, \
        correlation_id, client_ip, user_agent, inserted_at, hash
        """
    static let sealedColumns = columns + ", seal"

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

    /// All but the hash and the seal: what the hash is of.
    static func values(_ entry: AuditEntry, seq: Int64) -> [SQLValue] {
        [
            .integer(seq), .text(entry.eventType), .text(entry.actor.id),
            .text(entry.actor.kind.rawValue), .text(entry.resourceType),
            SQLValue(entry.resourceID), .text(entry.action), .text(entry.details),
            SQLValue(entry.correlationID), SQLValue(entry.clientIP), SQLValue(entry.userAgent),
            .integer(entry.insertedAt),
        ]
    }
}

extension Statement {
    static let appendAudit = Statement(
        source: "audit_entries", command: .insert,
        sql: "INSERT INTO audit_entries (\(AuditRow.sealedColumns)) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let auditAfter = after(AuditRow.sealedColumns)
    /// For a store whose schema knows no seals.
    static let auditAfterUnsealed = after(AuditRow.columns + ", NULL")
    static let auditTime = Statement(
        source: "audit_entries", command: .select,
        sql: "SELECT inserted_at FROM audit_entries WHERE seq = ?")
    static let auditHash = Statement(
        source: "audit_entries", command: .select,
        sql: "SELECT hash FROM audit_entries WHERE seq = ?")

    private static func after(_ columns: String) -> Statement {
        Statement(
            source: "audit_entries", command: .select,
            sql: "SELECT \(columns) FROM audit_entries WHERE seq > ? ORDER BY seq LIMIT ?")
    }
}
