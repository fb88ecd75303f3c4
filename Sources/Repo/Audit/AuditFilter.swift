/// Which entries are asked for; all of them where nothing is said.
package struct AuditFilter: Sendable, Equatable {
    package var eventType: String?
    package var actor: String?
    package var resourceType: String?
    package var resourceID: String?
    package var correlationID: String?
    /// From this time on: nanoseconds since 1970.
    package var since: Int64?
    /// Up to and with this time.
    package var until: Int64?

    package init(
        eventType: String? = nil, actor: String? = nil, resourceType: String? = nil,
        resourceID: String? = nil, correlationID: String? = nil, since: Int64? = nil,
        until: Int64? = nil
    ) {
        self.eventType = eventType
        self.actor = actor
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.correlationID = correlationID
        self.since = since
        self.until = until
    }
}

extension AuditFilter {
    private static let statements = StatementSet([
        "event_type = ?", "actor_id = ?", "resource_type = ?", "resource_id = ?",
        "correlation_id = ?",
    ]) { chosen in
        let conditions = chosen + ["inserted_at >= ?", "(inserted_at, seq) < (?, ?)"]
        return Statement(
            source: "audit_entries", command: .select,
            sql: "SELECT \(AuditRow.columns) FROM audit_entries "
                + "WHERE \(conditions.joined(separator: " AND ")) "
                + "ORDER BY inserted_at DESC, seq DESC LIMIT ?")
    }

    /// The statement and its values for a page.
    ///
    /// - Parameter before: the last entry of the page that came before, and its time
    func query(before: (at: Int64, seq: Int64)?, limit: Int) -> (Statement, [SQLValue]) {
        let (statement, values) = Self.statements.choose(
            [eventType, actor, resourceType, resourceID, correlationID]
                .map { $0.map(SQLValue.text) })
        var end = (at: until ?? .max, seq: Int64.max)
        if let before, before < end { end = before }
        let bounds: [SQLValue] = [
            .integer(since ?? .min), .integer(end.at), .integer(end.seq), SQLValue(max(0, limit)),
        ]
        return (statement, values + bounds)
    }
}
