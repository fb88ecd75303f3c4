extension Migration {
    /// What was done, by whom: entries that are only ever appended, each with a hash over itself and the one before.
    ///
    /// The triggers refuse a REPLACE as well, which fires none of those for DELETE. AUTOINCREMENT remembers the last
    /// number given, so that a removed end leaves a gap.
    static let audit = Migration(
        "audit",
        [
            """
            CREATE TABLE audit_entries (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                event_type TEXT NOT NULL,
                actor_id TEXT NOT NULL,
                actor_type TEXT NOT NULL CHECK (actor_type IN ('system', 'user', 'api')),
                resource_type TEXT NOT NULL,
                resource_id TEXT,
                action TEXT NOT NULL,
                details TEXT NOT NULL,
                correlation_id TEXT,
                client_ip TEXT,
                user_agent TEXT,
                inserted_at INTEGER NOT NULL,
                hash BLOB NOT NULL
            ) STRICT
            """,
            "CREATE INDEX audit_by_type ON audit_entries (event_type, inserted_at)",
            "CREATE INDEX audit_by_actor ON audit_entries (actor_id, inserted_at)",
            """
            CREATE INDEX audit_by_resource
            ON audit_entries (resource_type, resource_id, inserted_at)
            """,
            """
            CREATE INDEX audit_by_correlation ON audit_entries (correlation_id, inserted_at)
            WHERE correlation_id IS NOT NULL
            """,
            "CREATE INDEX audit_by_time ON audit_entries (inserted_at)",
        ] + auditGuards)

    /// The triggers that keep entries as they are.
    private static let auditGuards = [
        """
        CREATE TRIGGER audit_keeps_what_is_there BEFORE UPDATE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
        """,
        """
        CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END
        """,
        """
        CREATE TRIGGER audit_appends BEFORE INSERT ON audit_entries
        WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM audit_entries)
        BEGIN SELECT RAISE(ABORT, 'audit entries are only ever appended'); END
        """,
    ]
}
