import GRDB
import Glibc

/// Finds out, before anything is written, whether a file can be the agent's store.
struct StoreCheck {
    /// Stores up to this size are read through when they are opened; later damage shows when it is met.
    static let readThrough: Int64 = 16 << 20
    /// SQLite's pages are no larger; a file of one page holds no table.
    private static let largestPage: Int64 = 64 << 10

    private let file: StoreFile

    init(_ file: StoreFile) { self.file = file }

    /// Makes the file where there is none; refuses one that is no store of an agent as old as this.
    func run() throws(RepoError) {
        guard let size = try file.look() else { return try file.create() }
        try file.checkAccess()
        let log = StoreFile.size(file.path + "-wal")
        guard size > 0 || log > 0 else { return }
        // What the header says is good where nothing waits in the log.
        if log == 0 {
            guard let header = try StoreHeader.read(file.path) else {
                throw .notADatabase(path: file.path)
            }
            try judge(schema: Int(header.schema), application: header.application)
        }
        // A store that was being made when its process was killed: SQLite undoes what was not finished, which a
        // connection that only reads cannot. Once it is made, a store has no such journal.
        let isUnfinished = StoreFile.size(file.path + "-journal") > 0 && size <= Self.largestPage
        try askSQLite(size, readingOnly: !isUnfinished)
    }

    private func judge(schema: Int, application: Int32) throws(RepoError) {
        guard application == StoreHeader.applicationID || application == 0 && schema == 0 else {
            throw .foreign(path: file.path)
        }
        guard schema >= 0 else {
            throw .corrupt(
                "\(file.path): it says that its schema is \(schema); it was left as it is")
        }
        guard schema <= Migration.all.count else {
            throw .newerSchema(path: file.path, found: schema, known: Migration.all.count)
        }
    }

    /// Has SQLite look at it.
    private func askSQLite(_ size: Int64, readingOnly: Bool) throws(RepoError) {
        let besides = ["-wal", "-shm"].map { file.path + $0 }.filter { access($0, F_OK) != 0 }
        // A connection that only reads leaves these behind.
        defer { for path in besides { unlink(path) } }
        var configuration = Configuration()
        configuration.readonly = readingOnly
        do {
            let queue = try DatabaseQueue(path: file.path, configuration: configuration)
            try queue.read { database in
                let schema = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
                try judge(schema: schema, application: application)
                let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
                guard application != 0 || tables == 0 else {
                    throw RepoError.foreign(path: file.path)
                }
                guard size <= Self.readThrough else { return }
                let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
                guard found == "ok" else {
                    // The first line says only which database.
                    let detail = found.split(separator: "\n").last ?? ""
                    throw RepoError.corrupt("\(file.path): \(detail); it was left as it is")
                }
            }
            try queue.close()
        } catch {
            throw named(error)
        }
    }

    /// The error, with the file's name where SQLite leaves it out.
    private func named(_ error: any Error) -> RepoError {
        switch RepoError(error) {
        case .corrupt(let detail) where !detail.hasPrefix(file.path):
            .corrupt("\(file.path): \(detail); it was left as it is")
        case let other: other
        }
    }
}
