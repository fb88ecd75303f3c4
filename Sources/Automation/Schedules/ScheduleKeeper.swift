import Telemetry

/// Lets the runs of schedules begin in time, never two of one schedule at once.
actor ScheduleKeeper {
    /// One begin of a schedule.
    struct Turn: Sendable {
        let schedule: Schedule
        /// Of the grid, nanoseconds since 1970.
        let tick: Int64
        /// Kept from one turn to the next.
        let place: QuotaPlace
    }

    /// Makes one run, and returns when it has ended: false where the quota had no room for it in time.
    typealias Execute = @Sendable (Turn) async -> Bool

    private let clock: TelemetryClock
    private let book: ScheduleBook
    private let execute: Execute
    private var kept: [String: (schedule: Schedule, task: Task<Void, Never>)] = [:]

    init(clock: TelemetryClock, book: ScheduleBook, execute: @escaping Execute) {
        self.clock = clock
        self.book = book
        self.execute = execute
    }

    /// Begins those that are new or changed, and lets those that are the same go on.
    ///
    /// A run that is under way is not ended by it, and what has run is not run again before its time.
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
                Task { @concurrent [clock, book, execute] in
                    // A changed schedule begins when the run of the old one is over.
                    await old?.value
                    await Self.keep(schedule, clock, book, execute)
                }
            )
        }
    }

    func stop() { apply([]) }

    @concurrent
    private static func keep(
        _ schedule: Schedule, _ clock: TelemetryClock, _ book: ScheduleBook, _ execute: Execute
    ) async {
        var chance = SystemRandomNumberGenerator()
        let place = QuotaPlace()
        // From times since 1970, which survive a restart, to those of the clock that does not jump.
        var (system, now) = (clock.system(), clock.monotonic())
        let last = book.lastTick(of: schedule.name).map { tick in
            now.subtractingSaturating(system.subtractingSaturating(tick))
        }
        var timetable = ScheduleTimetable(schedule, last: last, now: now, using: &chance)
        var missed: Int64 = 0
        while !Task.isCancelled {
            let wait = max(0, timetable.next.subtractingSaturating(now))
            book.expect(schedule.name, at: system.addingSaturating(wait), missed: missed)
            guard (try? await Task.sleep(for: .nanoseconds(wait))) != nil else { return }
            (system, now) = (clock.system(), clock.monotonic())
            let tick = system.subtractingSaturating(now.subtractingSaturating(timetable.tick))
            let hadTurn = await execute(Turn(schedule: schedule, tick: tick, place: place))
            (system, now) = (clock.system(), clock.monotonic())
            missed = timetable.advance(now: now, keepsTurn: !hadTurn, using: &chance)
        }
    }
}

extension Int64 {
    fileprivate func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
