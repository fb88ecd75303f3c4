import Telemetry

/// When a schedule's runs begin.
///
/// Pure: times are nanoseconds of a monotonic clock, and chance comes from outside. Begins lie on a grid of `every`,
/// each later by its jitter. What a long run has missed is left out, not made up for.
struct ScheduleTimetable: Sendable {
    private let every: Int64
    private let jitter: Int64
    /// The next begin on the grid, without its jitter.
    private(set) var tick: Int64
    /// When the next run begins.
    private(set) var next: Int64

    /// - Parameter last: the begin on the grid of the last run there was. The next is `every` later, but now where that is
    ///   past; never later than in `every`, whatever has become of the clock meanwhile. The first run of all begins now.
    init(
        _ schedule: Schedule, last: Int64? = nil, now: Int64,
        using chance: inout some RandomNumberGenerator
    ) {
        every = max(1, schedule.every.nanoseconds)
        jitter = min(every, max(0, schedule.jitter.nanoseconds))
        tick = now
        next = now
        if let last {
            let due = Self.sum(last, every)
            tick = min(max(now, due), Self.sum(now, every))
        }
        next = Self.sum(tick, delay(using: &chance))
    }

    /// A run has ended, or was not made: finds the next begin that is not past.
    ///
    /// - Parameter keepsTurn: whether the run was turned away. Then the newest begin counts even where it is past.
    /// - Returns: how many begins were missed.
    @discardableResult
    mutating func advance(
        now: Int64, keepsTurn: Bool = false, using chance: inout some RandomNumberGenerator
    ) -> Int64 {
        let passed = max(0, now.subtractingReportingOverflow(tick).partialValue / every)
        guard passed > 0 else {
            tick = Self.sum(tick, every)
            next = Self.sum(tick, delay(using: &chance))
            return 0
        }
        // Only the newest tick that is past may have its begin ahead: jitter is no longer than the grid is wide.
        let newest = Self.sum(tick, every.multipliedReportingOverflow(by: passed).partialValue)
        let begin = Self.sum(newest, delay(using: &chance))
        if begin > now || keepsTurn {
            tick = newest
            next = max(begin, now)
            return passed - 1
        }
        tick = Self.sum(newest, every)
        next = Self.sum(tick, delay(using: &chance))
        return passed
    }

    private func delay(using chance: inout some RandomNumberGenerator) -> Int64 {
        jitter == 0 ? 0 : Int64.random(in: 0...jitter, using: &chance)
    }

    private static func sum(_ time: Int64, _ more: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(more)
        return overflow ? .max : sum
    }
}
