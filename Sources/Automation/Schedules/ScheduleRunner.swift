import Repo
import Synchronization
import Telemetry

/// Has the runs of schedules made, and remembers in the store what became of them.
final class ScheduleRunner: Sendable {
    let book = ScheduleBook()
    private let surroundings: RunServer.Surroundings
    private let report: AutomationRuntime.Report
    /// What was last said of each schedule: the same is not said again and again.
    private let said = Mutex<[String: String]>([:])

    init(_ surroundings: RunServer.Surroundings, report: @escaping AutomationRuntime.Report) {
        self.surroundings = surroundings
        self.report = report
    }

    /// Takes over what an earlier agent has left in the store.
    func load() async throws(RepoError) {
        let store = surroundings.store
        await book.load(try await store.schedules()) { id in try? await store.run(id) }
    }

    /// The schedules there are from now on.
    func keep(_ schedules: [Schedule]) async {
        for name in book.keep(schedules, now: surroundings.clock.system()) {
            try? await surroundings.store.forgetSchedule(name)
        }
        let names = Set(schedules.map(\.name))
        said.withLock { said in said = said.filter { names.contains($0.key) } }
    }

    /// One turn of a schedule.
    ///
    /// That it has begun is stored before its command can start: an agent that dies over it does not repeat it.
    ///
    /// - Parameter make: makes the run, and returns it when it has ended
    /// - Returns: whether the quota had room for it.
    func carryOut(
        _ turn: ScheduleKeeper.Turn,
        make: (RunRequest) async throws(RunRefusal) -> Run
    ) async -> Bool {
        let (schedule, clock) = (turn.schedule, surroundings.clock)
        let id = RunID()
        var request = RunRequest(
            deviceID: schedule.deviceID, command: schedule.command,
            requestedBy: "schedule:\(schedule.name)", timeout: schedule.timeout,
            wait: schedule.wait ?? schedule.every)
        request.id = id
        request.place = turn.place
        let row = book.begin(schedule.name, tick: turn.tick, run: id, at: clock.system())
        do {
            do {
                try await surroundings.store.save(row)
            } catch {
                throw RunRefusal.store(error)
            }
            let run = try await make(request)
            say(nil, of: schedule)
            await end(schedule, run.status, run.reason, at: run.finishedAt ?? clock.system())
            return !(run.startedAt == nil && run.reason?.hasPrefix("quota_exceeded") == true)
        } catch {
            say("\(error)", of: schedule)
            await end(schedule, .error, "not_started", at: clock.system())
            return true
        }
    }

    private func end(
        _ schedule: Schedule, _ status: RunStatus, _ reason: String?, at time: Int64
    ) async {
        guard let row = book.end(schedule.name, status, reason: reason, at: time) else { return }
        // Where the store refuses, the next agent reads it from the run.
        try? await surroundings.store.save(row)
    }

    private func say(_ problem: String?, of schedule: Schedule) {
        let isNew = said.withLock { said in
            defer { said[schedule.name] = problem }
            return said[schedule.name] != problem
        }
        if isNew, let problem { report("schedule \"\(schedule.name)\": \(problem)") }
    }
}
