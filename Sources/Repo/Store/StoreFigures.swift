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

/// What parts of a store take, in bytes.
package struct StoreSizes: Sendable, Equatable {
    /// Runs, their output and devices.
    package let runs: Int64
    /// The audit log, about.
    package let audit: Int64
    /// What nothing is stored in.
    package let free: Int64
    /// The file beside the store, with what is new.
    package let log: Int64
    package let auditEntries: Int64
}

extension Repo {
    /// What the store takes now; cheap.
    package func sizes() async throws(RepoError) -> StoreSizes {
        let (runs, used, free) = try await read { session throws(RepoError) in
            let pages = try StorePages.read(session)
            return (try pages.runBytes(session), pages.usedBytes, pages.freeBytes)
        }
        return StoreSizes(
            runs: runs, audit: used - runs, free: free, log: logBytes,
            auditEntries: audit.entries)
    }

    /// How many entries the audit log has.
    package var auditEntries: Int64 { audit.entries }

    /// How large the file beside the store is, with what is new.
    package var logBytes: Int64 { StoreFile.size(settings.path + "-wal") }

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
