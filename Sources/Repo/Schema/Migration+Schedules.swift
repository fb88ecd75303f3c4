extension Migration {
    /// The last run of each schedule: runs themselves are removed when they are old.
    static let schedules = Migration(
        "schedules",
        [
            """
            CREATE TABLE schedules (
                name TEXT NOT NULL PRIMARY KEY,
                since INTEGER NOT NULL,
                tick INTEGER NOT NULL,
                begun_at INTEGER NOT NULL,
                run_id TEXT NOT NULL,
                status TEXT,
                reason TEXT,
                ended_at INTEGER,
                succeeded_at INTEGER,
                failures INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID
            """
        ])
}
