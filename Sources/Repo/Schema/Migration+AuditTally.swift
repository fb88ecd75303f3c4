extension Migration {
    /// What the audit log has beside its chain: a seal for each entry, made with a key that is not in the store, and one
    /// row that says how many entries there are, about how many bytes they take, and which was the last.
    static let auditTally = Migration(
        "audit_tally",
        [
            "ALTER TABLE audit_entries ADD COLUMN seal BLOB",
            """
            CREATE TABLE audit_tally (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                entries INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                seq INTEGER NOT NULL,
                hash BLOB NOT NULL
            ) STRICT
            """,
            """
            INSERT INTO audit_tally SELECT 1, count(*), coalesce(sum(\(AuditSize.sql)), 0),
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries'), 0),
                coalesce((SELECT hash FROM audit_entries ORDER BY seq DESC LIMIT 1), x'')
            FROM audit_entries
            """,
        ])
}
