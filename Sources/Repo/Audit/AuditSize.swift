/// About how many bytes an entry takes of the file, with its places in all indexes.
///
/// Pages are not counted: that would read the whole log. What an entry takes was measured; a text that an index holds as
/// well counts for each, and pages of an index that is not filled in order are full to two thirds.
enum AuditSize {
    private static let fixed: Int64 = 350

    static func bytes(of entry: AuditEntry) -> Int64 {
        let indexed =
            entry.eventType.utf8.count + entry.actor.id.utf8.count
            + (entry.resourceID?.utf8.count ?? 0) + (entry.correlationID?.utf8.count ?? 0)
        let others =
            entry.actor.kind.rawValue.utf8.count + entry.action.utf8.count
            + entry.details.utf8.count + (entry.clientIP?.utf8.count ?? 0)
            + (entry.userAgent?.utf8.count ?? 0)
        return fixed + Int64(indexed) * 5 / 2 + Int64(entry.resourceType.utf8.count) * 4
            + Int64(others)
    }

    /// The same in SQL, of a stored row.
    static let sql = """
        \(fixed) + (length(event_type) + length(actor_id) + coalesce(length(resource_id), 0) \
        + coalesce(length(correlation_id), 0)) * 5 / 2 + length(resource_type) * 4 \
        + length(actor_type) + length(action) + length(details) \
        + coalesce(length(client_ip), 0) + coalesce(length(user_agent), 0)
        """
}
