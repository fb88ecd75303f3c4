import EventIntake
import Glibc

/// What is measured at one moment, and what was done since the moment before.
struct Figures: Sendable {
    /// What came in at one source.
    struct Source: Sendable {
        let name: String
        let counts: IntakeCounts
        /// A second.
        let rate: Double
    }

    /// Nanoseconds since 1970.
    let at: Int64
    let process: ProcessFigures
    /// Cores in use.
    let cpu: Double
    let sources: [Source]
    /// A second, of all sources: what came, what was refused, what was lost.
    let received: Double
    let rejected: Double
    let dropped: Double
    let runs: Runs
    let sessions: LiveSessions.Figures

    struct Runs: Sendable {
        var active = 0
        /// A second.
        var started = 0.0
        var failed = 0.0
    }
}

/// Takes figures, one tick after the other, and remembers the last minutes of them.
struct FigureRecorder: Sendable {
    /// Totals at one moment.
    struct Reading: Sendable {
        var at: Int64
        /// Of the clock that does not jump.
        var monotonic: Int64
        var process = ProcessFigures()
        var intake: [IntakeSource: IntakeCounts] = [:]
        var active = 0
        var created = 0
        var failed = 0
        var sessions = LiveSessions.Figures()
    }

    static let kept = 300

    private var last: Reading?
    /// The oldest first.
    private(set) var history: [Figures] = []

    /// Nothing is known of the time until the next reading: its rates begin anew.
    mutating func pause() { last = nil }

    /// - Returns: nil for the first reading, which only begins.
    mutating func take(_ reading: Reading) -> Figures? {
        defer { last = reading }
        guard let last, reading.monotonic > last.monotonic else { return nil }
        let seconds = Double(reading.monotonic - last.monotonic) / 1_000_000_000
        func rate(_ new: Int, _ old: Int) -> Double { Double(max(0, new - old)) / seconds }
        func rate(_ count: (IntakeCounts) -> Int) -> Double {
            rate(
                reading.intake.values.reduce(0) { $0 + count($1) },
                last.intake.values.reduce(0) { $0 + count($1) })
        }
        let figures = Figures(
            at: reading.at, process: reading.process,
            cpu: Double(reading.process.cpuTime - last.process.cpuTime) / 1_000_000_000 / seconds,
            sources: IntakeSource.allCases.compactMap { source in
                guard let counts = reading.intake[source] else { return nil }
                return Figures.Source(
                    name: source.rawValue, counts: counts,
                    rate: rate(counts.received, last.intake[source]?.received ?? 0))
            },
            received: rate(\.received), rejected: rate(\.rejectedInAll),
            dropped: rate(\.droppedInAll),
            runs: Figures.Runs(
                active: reading.active, started: rate(reading.created, last.created),
                failed: rate(reading.failed, last.failed)),
            sessions: reading.sessions)
        if history.count == Self.kept { history.removeFirst() }
        history.append(figures)
        return figures
    }
}
