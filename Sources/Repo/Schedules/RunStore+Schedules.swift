extension RunStore {
    /// Stores what is remembered of a schedule, in place of what was.
    package func save(_ schedule: ScheduleRow) async throws(RepoError) {
        try await queue.store(.schedule(schedule))
    }

    /// Every schedule that has ever begun, but for those that have been forgotten.
    package func schedules() async throws(RepoError) -> [ScheduleRow] {
        try await repo.read { session throws(RepoError) in
            try session.all(.allSchedules, decode: ScheduleRow.decode)
        }
    }

    /// Forgets a schedule.
    package func forgetSchedule(_ name: String) async throws(RepoError) {
        try await repo.write { session throws(RepoError) in
            try session.run(.forgetSchedule, [.text(name)])
        }
    }
}

extension Statement {
    static let saveSchedule = Statement(
        source: "schedules", command: .insert,
        sql: """
            INSERT OR REPLACE INTO schedules (\(ScheduleRow.columns)) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    fileprivate static let allSchedules = Statement(
        source: "schedules", command: .select,
        sql: "SELECT \(ScheduleRow.columns) FROM schedules ORDER BY name")
    fileprivate static let forgetSchedule = Statement(
        source: "schedules", command: .delete, sql: "DELETE FROM schedules WHERE name = ?")
}
