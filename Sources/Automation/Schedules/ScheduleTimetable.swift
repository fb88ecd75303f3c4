import Telemetry

/// When a schedule's runs begin.
///
/// Pure: times are nanoseconds of a monotonic clock, and chance comes from outside. Begins lie on a grid of `every`
/// from the first on, each later by its jitter. What a long run has missed is left out, not made up for.
struct ScheduleTimetable: Sendable {
    private let every: Int64
    private let jitter: Int64
    /// The next begin on the grid, without its jitter.
    private var tick: Int64
    /// When the next run begins.
    private(set) var next: Int64

    /// The first run begins at `now`, later by its jitter.
    init(_ schedule: Schedule, now: Int64, using chance: inout some RandomNumberGenerator) {
        every = max(1, schedule.every.nanoseconds)
        jitter = max(0, schedule.jitter.nanoseconds)
        tick = now
        next = now
        delay(using: &chance)
    }

    /// A run has ended: finds the next begin that is not past.
    ///
    /// - Returns: how many were missed.
    @discardableResult
    mutating func advance(now: Int64, using chance: inout some RandomNumberGenerator) -> Int64 {
        let missed = max(0, (now &- tick) / every)
        let (begin, overflow) = tick.addingReportingOverflow(
            every.multipliedReportingOverflow(by: missed &+ 1).partialValue)
        tick = overflow ? .max : begin
        delay(using: &chance)
        return missed
    }

    private mutating func delay(using chance: inout some RandomNumberGenerator) {
        let late = jitter == 0 ? 0 : Int64.random(in: 0...jitter, using: &chance)
        let (begin, overflow) = tick.addingReportingOverflow(late)
        next = overflow ? .max : begin
    }
}
