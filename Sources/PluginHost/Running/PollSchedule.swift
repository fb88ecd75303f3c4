/// When a plugin is polled: at its interval, up to 16 times as seldom while it fails, never not at all.
///
/// Pure: times are nanoseconds of one clock.
struct PollSchedule {
    static let longestStretch: Int64 = 16

    let interval: Int64
    private(set) var due: Int64
    /// How many intervals lie between polls now.
    private(set) var stretch: Int64 = 1

    /// The first poll is due at once: its values should be in the first scrape.
    init(interval: Int64, now: Int64) {
        self.interval = max(interval, 1_000_000)
        due = now
    }

    /// A poll came back. One that overran its deadline counts as failed, whatever it answered.
    mutating func finished(succeeded: Bool, now: Int64) {
        stretch = succeeded ? 1 : min(stretch * 2, Self.longestStretch)
        let (pause, overflow) = interval.multipliedReportingOverflow(by: stretch)
        let next = MonotonicTime.after(overflow ? .max : pause, from: due)
        // After a long call the beat starts anew, instead of making up for what was missed.
        due = next > now ? next : MonotonicTime.after(overflow ? .max : pause, from: now)
    }
}
