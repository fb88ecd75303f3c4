import GRDB

extension Repo.Settings {
    /// How GRDB opens the connections.
    func configuration(_ sessions: Sessions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "agent.repo"
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(Double(busyTimeout / .milliseconds(1)) / 1000)
        // A rollback that fails must not end the process; the next transaction makes up for it.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            let session = try sessions.of(database)
            let isWriter = !database.configuration.readonly
            for statement in isWriter ? Statement.writerSetup : Statement.readerSetup {
                try session.each(statement) { _ in true }
            }
            guard isWriter else { return }
            let pageSize = try session.one(.pageSize) { $0.integer(0) } ?? 0
            try session.each(.checkpoints(pageSize: pageSize)) { _ in true }
        }
        return configuration
    }
}

extension Statement {
    /// Caches are small: the kernel keeps the file's pages anyhow, for all connections at once.
    static let readerSetup = [pragma("cache_size = -256"), pragma("temp_store = MEMORY")]

    static let writerSetup = [
        // These two must come before the first table; a store that is there keeps what it was made with.
        pragma("page_size = \(StorePages.newSize)"),
        pragma("auto_vacuum = INCREMENTAL"),
        pragma("cache_size = -1024"),
        pragma("temp_store = MEMORY"),
        // Debian's SQLite would write every page of removed output once more, as zeros.
        pragma("secure_delete = FAST"),
        // After a long read held the log open, it is cut back to this.
        pragma("journal_size_limit = 16777216"),
    ]

    /// Has the log carried over to the file whenever it holds 8 MiB, whatever the size of its pages: each time costs
    /// two flushes of the disk, and a write waits for them.
    static func checkpoints(pageSize: Int64) -> Statement {
        pragma("wal_autocheckpoint = \((8 << 20) / max(512, pageSize))")
    }

    /// Has all of it carried over, and the log emptied. Answers 1 where a reader of another program stood in the way.
    static let carryAllOver = pragma("wal_checkpoint(TRUNCATE)")

    private static func pragma(_ text: String) -> Statement {
        Statement(source: "schema", command: .pragma, sql: "PRAGMA " + text)
    }
}
