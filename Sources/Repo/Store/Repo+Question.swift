extension Repo {
    /// Reads a little and opens a transaction that writes nothing, to see whether and how fast the store answers.
    ///
    /// Takes its turn behind other writes, and waits as they do where another program has locked the store.
    package func question() async throws(RepoError) {
        _ = try await read { session throws(RepoError) in
            try session.one(.question) { $0.integer(0) }
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
