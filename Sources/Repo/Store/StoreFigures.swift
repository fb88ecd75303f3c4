/// What a store takes up and holds, for health reports.
package struct StoreFigures: Sendable, Equatable {
    /// Of the file.
    package let fileBytes: Int64
    /// Of the write-ahead log beside it.
    package let logBytes: Int64
    /// Of the file, what nothing is stored in.
    package let freeBytes: Int64
    /// Rows by table.
    package let rows: [String: Int64]
    package let schema: Int
}

extension Repo {
    /// What the store holds now. Counting goes through an index of each table: not for every second of a large store.
    package func figures() async throws(RepoError) -> StoreFigures {
        let (pages, rows, schema) = try await read { session throws(RepoError) in
            var rows: [String: Int64] = [:]
            for (table, statement) in Statement.counts {
                rows[table] = try session.one(statement) { $0.integer(0) } ?? 0
            }
            let schema = try session.one(.schemaNumber) { Int($0.integer(0)) } ?? 0
            return (try StorePages.read(session), rows, schema)
        }
        return StoreFigures(
            fileBytes: StoreFile.size(settings.path),
            logBytes: StoreFile.size(settings.path + "-wal"),
            freeBytes: pages.freeBytes, rows: rows, schema: schema)
    }
}

extension Statement {
    fileprivate static let counts = ["devices", "runs", "run_chunks"].map { table in
        (
            table,
            Statement(source: table, command: .select, sql: "SELECT count(*) FROM \(table)")
        )
    }
}
