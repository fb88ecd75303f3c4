extension Migration {
    /// Devices, runs, and what runs have said.
    ///
    /// A run keeps its device's site and protocol as they were: devices come and go with the configuration, runs
    /// stay. Chunks know their run by number, which is a few bytes where the id is 36.
    static let runs = Migration(
        "runs",
        [
            """
            CREATE TABLE devices (
                id TEXT NOT NULL PRIMARY KEY,
                site TEXT NOT NULL,
                protocol TEXT NOT NULL,
                seen_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE runs (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                device_id TEXT NOT NULL,
                protocol TEXT NOT NULL,
                site TEXT NOT NULL,
                command TEXT NOT NULL,
                requested_by TEXT NOT NULL,
                correlation_id TEXT,
                status TEXT NOT NULL,
                reason TEXT,
                message TEXT,
                exit_code INTEGER,
                created_at INTEGER NOT NULL,
                started_at INTEGER,
                finished_at INTEGER,
                bytes INTEGER NOT NULL,
                chunks INTEGER NOT NULL,
                is_truncated INTEGER NOT NULL
            ) STRICT
            """,
            "CREATE INDEX runs_by_status ON runs (status, id)",
            "CREATE INDEX runs_by_device ON runs (device_id, id)",
            "CREATE INDEX runs_by_site ON runs (site, id)",
            "CREATE INDEX runs_by_end ON runs (finished_at)",
            """
            CREATE TABLE run_chunks (
                number INTEGER PRIMARY KEY,
                run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
                seq INTEGER NOT NULL,
                at INTEGER NOT NULL,
                bytes BLOB NOT NULL
            ) STRICT
            """,
            "CREATE UNIQUE INDEX run_chunks_by_run ON run_chunks (run, seq)",
        ])
}
