/// Which runs are asked for; all of them where nothing is said.
package struct RunFilter: Sendable, Equatable {
    package var status: RunStatus?
    package var device: String?
    package var site: String?
    /// Created at this time or later: nanoseconds since 1970.
    package var since: Int64?

    package init(
        status: RunStatus? = nil, device: String? = nil, site: String? = nil, since: Int64? = nil
    ) {
        self.status = status
        self.device = device
        self.site = site
        self.since = since
    }
}

extension RunFilter {
    private static let statements = StatementSet([
        "status = ?", "device_id = ?", "site = ?", "created_at >= ?", "id < ?",
    ]) { conditions in
        let clause = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return Statement(
            source: "runs", command: .select,
            sql: "SELECT \(RunRow.columns) FROM runs\(clause) ORDER BY id DESC LIMIT ?")
    }

    /// The statement and its values for a page of runs before `run`.
    func query(before run: RunID?, limit: Int) -> (Statement, [SQLValue]) {
        let (statement, values) = Self.statements.choose([
            status.map { .text($0.rawValue) }, device.map(SQLValue.text), site.map(SQLValue.text),
            since.map(SQLValue.integer), run.map { .text($0.text) },
        ])
        return (statement, values + [SQLValue(max(0, limit))])
    }
}
