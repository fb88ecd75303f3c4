import Telemetry

/// Lets the runs of schedules begin in time, never two of one schedule at once.
actor ScheduleKeeper {
    /// Makes one run, and returns when it has ended.
    typealias Execute = @Sendable (Schedule) async -> Void

    private let clock: TelemetryClock
    private let execute: Execute
    private var kept: [String: (schedule: Schedule, task: Task<Void, Never>)] = [:]

    init(clock: TelemetryClock, execute: @escaping Execute) {
        self.clock = clock
        self.execute = execute
    }

    /// Begins those that are new or changed, and lets those that are the same go on.
    ///
    /// A run that is under way is not ended by it.
    func apply(_ schedules: [Schedule]) {
        var wanted: [String: Schedule] = [:]
        for schedule in schedules { wanted[schedule.name] = schedule }
        var ending: [String: Task<Void, Never>] = [:]
        for (name, entry) in kept where wanted[name] != entry.schedule {
            entry.task.cancel()
            ending[name] = entry.task
            kept[name] = nil
        }
        for schedule in wanted.values where kept[schedule.name] == nil {
            let old = ending[schedule.name]
            kept[schedule.name] = (
                schedule,
                Task { @concurrent [clock, execute] in
                    // A changed schedule begins when the run of the old one is over.
                    await old?.value
                    await Self.keep(schedule, clock, execute)
                }
            )
        }
    }

    func stop() { apply([]) }

    @concurrent
    private static func keep(
        _ schedule: Schedule, _ clock: TelemetryClock, _ execute: Execute
    ) async {
        var chance = SystemRandomNumberGenerator()
        var timetable = ScheduleTimetable(schedule, now: clock.monotonic(), using: &chance)
        while !Task.isCancelled {
            let wait = max(0, timetable.next - clock.monotonic())
            guard (try? await Task.sleep(for: .nanoseconds(wait))) != nil else { return }
            await execute(schedule)
            timetable.advance(now: clock.monotonic(), using: &chance)
        }
    }
}
