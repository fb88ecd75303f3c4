extension Statement {
    // MARK: Runs

    static let createRun = Statement(
        source: "runs", command: .insert,
        sql: """
            INSERT INTO runs (\(RunRow.columns)) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    static let saveRun = Statement(
        source: "runs", command: .update,
        sql: """
            UPDATE runs SET status = ?, reason = ?, message = ?, exit_code = ?, started_at = ?, \
            finished_at = ?, bytes = ?, chunks = ?, is_truncated = ? WHERE id = ?
            """)
    static let findRun = Statement(
        source: "runs", command: .select,
        sql: "SELECT \(RunRow.columns) FROM runs WHERE id = ?")
    static let findRunNumber = Statement(
        source: "runs", command: .select, sql: "SELECT number FROM runs WHERE id = ?")
    static let unfinishedRuns = Statement(
        source: "runs", command: .select,
        sql: """
            SELECT \(RunRow.columns) FROM runs WHERE status IN ('pending', 'running') ORDER BY id
            """)
    static let countRuns = Statement(
        source: "runs", command: .select,
        sql: "SELECT status, count(*) FROM runs GROUP BY status")

    // MARK: Chunks

    static let appendChunk = Statement(
        source: "run_chunks", command: .insert,
        sql: "INSERT INTO run_chunks (run, seq, at, bytes) VALUES (?, ?, ?, ?)")
    static let findChunks = Statement(
        source: "run_chunks", command: .select,
        sql: """
            SELECT seq, at, bytes FROM run_chunks \
            WHERE run = (SELECT number FROM runs WHERE id = ?) AND seq > ? ORDER BY seq
            """)

    // MARK: Devices

    static let forgetDevices = Statement(
        source: "devices", command: .delete, sql: "DELETE FROM devices")
    static let saveDevice = Statement(
        source: "devices", command: .insert,
        sql: "INSERT INTO devices (id, site, protocol, seen_at) VALUES (?, ?, ?, ?)")

    // MARK: Retention

    static let oldestEnded = Statement(
        source: "runs", command: .select,
        sql: """
            SELECT number FROM runs WHERE finished_at IS NOT NULL ORDER BY finished_at LIMIT 1
            """)
    static let oldestEndedBefore = Statement(
        source: "runs", command: .select,
        sql: "SELECT number FROM runs WHERE finished_at < ? ORDER BY finished_at LIMIT 1")
    static let deleteChunks = Statement(
        source: "run_chunks", command: .delete,
        sql: """
            DELETE FROM run_chunks WHERE number IN \
            (SELECT number FROM run_chunks WHERE run = ? ORDER BY seq LIMIT ?)
            """)
    static let deleteRun = Statement(
        source: "runs", command: .delete, sql: "DELETE FROM runs WHERE number = ?")
}
