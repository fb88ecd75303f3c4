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
        }
        return configuration
    }
}

extension Statement {
    /// Caches are small: the kernel keeps the file's pages anyhow, for all connections at once.
    static let readerSetup = [pragma("cache_size = -256"), pragma("temp_store = MEMORY")]

    static let writerSetup = [
        // Must come before the first table.
        pragma("auto_vacuum = INCREMENTAL"),
        pragma("cache_size = -1024"),
        pragma("temp_store = MEMORY"),
        pragma("wal_autocheckpoint = 1000"),
        // After a long read held the log open, it is cut back to this.
        pragma("journal_size_limit = 16777216"),
    ]

    private static func pragma(_ text: String) -> Statement {
        Statement(source: "schema", command: .pragma, sql: "PRAGMA " + text)
    }
}
