extension Repo {
    /// Reads a little and opens a transaction that writes nothing, to see whether and how fast the store answers.
    ///
    /// Where somebody has changed the schema since it was last looked at, holds it against what it should be.
    ///
    /// Takes its turn behind other writes, and waits as they do where another program has locked the store.
    package func question() async throws(RepoError) {
        let schema = schema
        try await read { session throws(RepoError) in
            _ = try session.one(.question) { $0.integer(0) }
            try schema.look(session)
        }
        try await write { session throws(RepoError) in
            _ = try session.one(.question) { $0.integer(0) }
        }
    }
}

extension Statement {
    fileprivate static let question = Statement(
        source: "health", command: .select,
        sql: "SELECT count(*) FROM (SELECT 1 FROM devices LIMIT 1)")
}
