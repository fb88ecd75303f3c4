import Repo
import Synchronization

/// What is known of each schedule: its newest run, and when the next begins.
final class ScheduleBook: Sendable {
    private struct Entry {
        var schedule: Schedule
        let since: Int64
        var nextAt: Int64?
        var ended: [RunStatus: Int] = [:]
        var missed = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Of those that are gone as well: who comes back goes on where it was.
        var rows: [String: ScheduleRow] = [:]
        /// Whose newest run never began, so that it is still due.
        var due: Set<String> = []
    }

    private let state = Mutex(State())

    /// How long those that are gone are remembered: nothing repeats more seldom.
    static let memory: Int64 = 31 * 86_400 * 1_000_000_000

    // MARK: What was

    /// Takes over what an earlier agent has left.
    ///
    /// - Parameter run: answers what is stored of a run
    func load(_ rows: [ScheduleRow], run: (RunID) async -> Run?) async {
        for var row in rows {
            let last = await run(row.runID)
            // Its begin stands for nothing where its agent was gone before its turn came.
            let neverBegan =
                last.map { $0.startedAt == nil && $0.wasEndedByAgent } ?? (row.status == nil)
            if !neverBegan, row.status == nil, let last, last.status.isFinal {
                row.end(last.status, reason: last.reason, at: last.finishedAt ?? row.begunAt)
            }
            let kept = row
            state.withLock { state in
                state.rows[kept.name] = kept
                if neverBegan { state.due.insert(kept.name) }
            }
        }
    }

    /// The schedules there are from now on.
    ///
    /// - Returns: the names of those that have been gone for so long that nothing need be known of them.
    func keep(_ schedules: [Schedule], now: Int64) -> [String] {
        state.withLock { state in
            let old = state.entries
            state.entries = [:]
            for schedule in schedules {
                var entry =
                    old[schedule.name]
                    ?? Entry(
                        schedule: schedule, since: state.rows[schedule.name]?.since ?? now)
                entry.schedule = schedule
                state.entries[schedule.name] = entry
            }
            let gone = state.rows.values.filter {
                state.entries[$0.name] == nil
                    && now.subtractingReportingOverflow($0.begunAt).partialValue > Self.memory
            }.map(\.name)
            for name in gone { state.rows[name] = nil }
            return gone
        }
    }

    /// The begin on the grid of the newest run; `nil` where the first is to come.
    func lastTick(of name: String) -> Int64? {
        state.withLock { state in
            state.due.contains(name) ? nil : state.rows[name]?.tick
        }
    }

    // MARK: What happens

    func expect(_ name: String, at time: Int64, missed: Int64) {
        state.withLock { state in
            state.entries[name]?.nextAt = time
            state.entries[name]?.missed += Int(clamping: missed)
        }
    }

    /// A run is asked for.
    func begin(_ name: String, tick: Int64, run: RunID, at time: Int64) -> ScheduleRow {
        state.withLock { state in
            state.due.remove(name)
            state.entries[name]?.nextAt = nil
            let old = state.rows[name]
            let row = ScheduleRow(
                name: name, since: old?.since ?? state.entries[name]?.since ?? time, tick: tick,
                begunAt: time, runID: run, succeededAt: old?.succeededAt,
                failures: old?.failures ?? 0)
            state.rows[name] = row
            return row
        }
    }

    /// That run has ended, or could not be made.
    func end(
        _ name: String, _ status: RunStatus, reason: String?, at time: Int64
    ) -> ScheduleRow? {
        state.withLock { state in
            state.entries[name]?.ended[status, default: 0] += 1
            state.rows[name]?.end(status, reason: reason, at: time)
            return state.rows[name]
        }
    }

    /// All there are, by name.
    var states: [ScheduleState] {
        state.withLock { state in
            state.entries.values.map { entry in
                ScheduleState(
                    schedule: entry.schedule, since: entry.since,
                    last: state.rows[entry.schedule.name], nextAt: entry.nextAt,
                    ended: entry.ended, missed: entry.missed)
            }.sorted { $0.schedule.name < $1.schedule.name }
        }
    }
}

extension Run {
    /// Whether the agent's own end or start ended it.
    fileprivate var wasEndedByAgent: Bool {
        reason == "agent_restarted" || reason == "agent_stopped"
    }
}
