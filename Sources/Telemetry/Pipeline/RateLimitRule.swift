import Synchronization

/// One rate limit at work: a token bucket that all threads share, without a lock.
///
/// Kept as the time at which the bucket would be full again: an event moves it on by one token's worth, and is let
/// through while it lies no further ahead than a full bucket's worth.
final class RateLimitRule: Sendable {
    let rule: EventPipeline.RateLimit
    let counts: RuleCounts
    /// Nanoseconds of the monotonic clock.
    private let full = Atomic<Int64>(.min)
    private let cost: Int64
    private let depth: Int64

    init(_ rule: EventPipeline.RateLimit, counts: RuleCounts) {
        self.rule = rule
        self.counts = counts
        cost = Int64(max(1, min(1e9 / rule.perSecond, 1e15)))
        let (room, overflow) = cost.multipliedReportingOverflow(by: Int64(rule.burst))
        depth = overflow ? .max / 2 : min(room, .max / 2)
    }

    func admits(at now: Int64) -> Bool {
        var seen = full.load(ordering: .relaxed)
        while true {
            let next = max(seen, now) &+ cost
            guard next &- now <= depth else {
                counts.dropped.wrappingAdd(1, ordering: .relaxed)
                return false
            }
            let (isDone, other) = full.weakCompareExchange(
                expected: seen, desired: next, ordering: .relaxed)
            if isDone {
                counts.passed.wrappingAdd(1, ordering: .relaxed)
                return true
            }
            seen = other
        }
    }
}
