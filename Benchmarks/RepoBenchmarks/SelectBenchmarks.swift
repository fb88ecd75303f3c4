import BenchmarkSupport
import GRDB
import Repo

/// One row by its key, through the door and its events. Yardstick: GRDB on a store like this one, by the same way to
/// a connection, with a statement it keeps and the same columns read; and GRDB as it is used by itself.
func selectBenchmarks() throws {
    let repo = try StoreFixture.watched("select")
    let bare = try StoreFixture.bare("select-bare")
    StoreFixture.wait {
        try await repo.write { session throws(RepoError) in
            try session.run(
                Statement(source: "things", command: .migrate, sql: Things.schema))
            for _ in 0..<Things.count { try session.run(Things.insert, [.text("name")]) }
        }
        try await bare.write { database in
            try database.execute(sql: Things.schema)
            for _ in 0..<Things.count {
                try database.execute(sql: Things.insert.sql, arguments: ["name"])
            }
        }
    }

    func own(_ count: Int) {
        StoreFixture.wait {
            for number in 0..<count {
                _ = try await repo.read { session throws(RepoError) in
                    try Things.find(number, session)
                }
            }
        }
    }
    Comparison.register("repo - select of one row, its own access", items: 5000, own) { count in
        StoreFixture.wait {
            for number in 0..<count { _ = try await bare.access { try Things.find(number, $0) } }
        }
    }
    Comparison.register(
        "repo - select of one row, its own access, by GRDB's async read", items: 5000, own
    ) { count in
        StoreFixture.wait {
            for number in 0..<count { _ = try await bare.read { try Things.find(number, $0) } }
        }
    }

    Comparison.register("repo - select of one row, many in an access", items: 50_000) { count in
        StoreFixture.wait {
            try await repo.read { session throws(RepoError) in
                for number in 0..<count { _ = try Things.find(number, session) }
            }
        }
    } yardstick: { count in
        StoreFixture.wait {
            try await bare.read { for number in 0..<count { _ = try Things.find(number, $0) } }
        }
    }
}

extension DatabasePool {
    /// Reads by the way to a connection that the store takes.
    fileprivate func access<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            asyncRead { access in
                continuation.resume(returning: Result { try body(access.get()) })
            }
        }
        return try result.get()
    }
}

private enum Things {
    static let count = 1000
    static let schema = "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)"
    static let insert = Statement(
        source: "things", command: .insert, sql: "INSERT INTO things (name) VALUES (?)")
    static let select = Statement(
        source: "things", command: .select, sql: "SELECT id, name FROM things WHERE id = ?")

    static func find(_ number: Int, _ session: Session) throws(RepoError) -> Int64 {
        let row = try session.one(select, [SQLValue(number % count + 1)]) {
            ($0.integer(0), $0.text(1))
        }
        return row?.0 ?? 0
    }

    static func find(_ number: Int, _ database: Database) throws -> Int64 {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: select.sql), arguments: [number % count + 1])
        let pair: (Int64, String)? = row.map { ($0[0], $0[1]) }
        return pair?.0 ?? 0
    }
}
