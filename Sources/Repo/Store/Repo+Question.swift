extension Repo {
    /// Reads a little, to see whether and how fast the store answers.
    package func question() async throws(RepoError) {
        _ = try await read { session throws(RepoError) in
            try session.one(.question) { $0.integer(0) }
        }
    }
}

extension Statement {
    fileprivate static let question = Statement(
        source: "health", command: .select,
        sql: "SELECT count(*) FROM (SELECT 1 FROM devices LIMIT 1)")
}
