import Synchronization

/// Whether a failing handler may be called: it has a budget of failures in a row, then rests for a back-off
/// that doubles each time, until a call succeeds. Lock-free; concurrent failures are each counted.
struct Quarantine: ~Copyable {
    private let policy: QuarantinePolicy
    private let total = Atomic<Int>(0)
    private let inRow = Atomic<Int>(0)
    private let rests = Atomic<Int>(0)
    /// When the rest ends, on the monotonic clock; 0 while there is none.
    private let resumesAt = Atomic<Int64>(0)

    init(policy: QuarantinePolicy) { self.policy = policy }

    /// Failures so far.
    var failures: Int { total.load(ordering: .relaxed) }

    /// Whether the handler rests. Reads the clock only while one is set aside.
    func isActive(_ clock: TelemetryClock) -> Bool {
        let resumesAt = resumesAt.load(ordering: .relaxed)
        return resumesAt != 0 && clock.monotonic() < resumesAt
    }

    /// A call succeeded.
    func succeeded() {
        guard inRow.load(ordering: .relaxed) != 0 else { return }
        inRow.store(0, ordering: .relaxed)
        rests.store(0, ordering: .relaxed)
        resumesAt.store(0, ordering: .relaxed)
    }

    /// A call failed. True when the handler is set aside now.
    func failed(_ clock: TelemetryClock) -> Bool {
        total.wrappingAdd(1, ordering: .relaxed)
        guard inRow.wrappingAdd(1, ordering: .relaxed).newValue >= policy.budget else {
            return false
        }
        // Calls that were under way in other threads when the rest began do not prolong it, nor those that fail with this one.
        let now = clock.monotonic()
        let resumes = resumesAt.load(ordering: .relaxed)
        guard resumes == 0 || now >= resumes else { return true }
        let times = rests.load(ordering: .relaxed)
        let rest = min(policy.longestBackOff, policy.backOff * (1 << min(times, 20)))
        let (isOurs, _) = resumesAt.compareExchange(
            expected: resumes, desired: now &+ rest.nanoseconds, ordering: .relaxed)
        if isOurs { rests.store(times &+ 1, ordering: .relaxed) }
        return true
    }
}
