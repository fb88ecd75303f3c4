package import Repo

/// A schedule as it stands.
package struct ScheduleState: Sendable {
    package let schedule: Schedule
    /// When it was first known. This and all times are nanoseconds since 1970.
    package let since: Int64
    /// Its newest run; `nil` where there has been none.
    package let last: ScheduleRow?
    /// When the next run begins; `nil` while one waits for its turn or is under way.
    package let nextAt: Int64?
    /// Runs that have ended since the agent started, by how they ended.
    package let ended: [RunStatus: Int]
    /// Begins left out since then, because a run was still under way.
    package let missed: Int

    /// When a run last ended well, or when it was first known where none has.
    package var goodSince: Int64 { last?.succeededAt ?? since }
}
