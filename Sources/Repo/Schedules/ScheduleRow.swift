/// What is remembered of a schedule, so that neither a restart nor a reload repeats what was done.
package struct ScheduleRow: Sendable, Equatable {
    package let name: String
    /// When it was first known. This and all times are nanoseconds since 1970.
    package let since: Int64
    /// The begin that the newest run belongs to, without jitter.
    package var tick: Int64
    /// When that run was asked for.
    package var begunAt: Int64
    package var runID: RunID
    /// How that run ended; nil while it is under way.
    package var status: RunStatus?
    package var reason: String?
    package var endedAt: Int64?
    /// When a run last ended well.
    package var succeededAt: Int64?
    /// How many runs have failed since then, one after the other.
    package var failures: Int64

    package init(
        name: String, since: Int64, tick: Int64, begunAt: Int64, runID: RunID,
        status: RunStatus? = nil, reason: String? = nil, endedAt: Int64? = nil,
        succeededAt: Int64? = nil, failures: Int64 = 0
    ) {
        self.name = name
        self.since = since
        self.tick = tick
        self.begunAt = begunAt
        self.runID = runID
        self.status = status
        self.reason = reason
        self.endedAt = endedAt
        self.succeededAt = succeededAt
        self.failures = failures
    }

    /// The newest run has ended. What was canceled on purpose is neither a success nor a failure.
    package mutating func end(_ status: RunStatus, reason: String?, at: Int64) {
        self.status = status
        self.reason = reason
        endedAt = at
        if status == .ok {
            succeededAt = at
            failures = 0
        } else if status.isFailure, failures < .max {
            failures += 1
        }
    }
}

extension ScheduleRow {
    static let columns = """
        name, since, tick, begun_at, run_id, status, reason, ended_at, succeeded_at, failures
        """

    static func decode(_ columns: Columns) throws(RepoError) -> ScheduleRow {
        guard let runID = RunID(columns.text(4)) else {
            throw .corrupt("a row of schedules has a run's id that is none")
        }
        return ScheduleRow(
            name: columns.text(0), since: columns.integer(1), tick: columns.integer(2),
            begunAt: columns.integer(3), runID: runID,
            status: columns.optionalText(5).flatMap { RunStatus(rawValue: $0) },
            reason: columns.optionalText(6), endedAt: columns.optionalInteger(7),
            succeededAt: columns.optionalInteger(8), failures: columns.integer(9))
    }

    var values: [SQLValue] {
        [
            .text(name), .integer(since), .integer(tick), .integer(begunAt), .text(runID.text),
            SQLValue(status?.rawValue), SQLValue(reason), SQLValue(endedAt),
            SQLValue(succeededAt), .integer(failures),
        ]
    }
}
