/// What became of one export.
enum ExportResult: Hashable, Sendable {
    case ok
    /// Nothing was taken for now. `after`: nanoseconds not to be undercut, 0 where the plugin did not say.
    case retry(after: Int64)
    case partial
    case reject
    case fatal
}

/// When an exporter is called: at an interval, sooner after a retry, never again after a fatal answer.
///
/// Pure: times come in as nanoseconds of one clock, `jitter` as a number between 0 and 1.
struct ExporterSchedule {
    static let firstBackOff: Int64 = 1_000_000_000
    static let longestBackOff: Int64 = 300_000_000_000

    let interval: Int64
    /// When the next call is due; nil: never again.
    private(set) var due: Int64?
    /// The beat of regular exports; retries do not move it.
    private var nextBeat: Int64
    private var failuresInRow = 0
    private(set) var isRetrying = false

    init(interval: Int64, now: Int64) {
        self.interval = max(interval, 1_000_000)
        nextBeat = MonotonicTime.after(self.interval, from: now)
        due = nextBeat
    }

    /// A call begins. Answers how many beats it came too late for; the last one is its own.
    mutating func began(now: Int64) -> Int { max(passBeats(until: now) - 1, 0) }

    /// A call came back. Answers how many exports were dropped: beats that passed without a success of
    /// their own.
    mutating func finished(_ result: ExportResult, now: Int64, jitter: Double) -> Int {
        var dropped = 0
        switch result {
        case .fatal:
            due = nil
            return isRetrying ? 1 : 0
        case .ok, .partial:
            failuresInRow = 0
            isRetrying = false
        case .reject:
            failuresInRow = 0
            isRetrying = false
            dropped = 1
        case .retry(let after):
            failuresInRow += 1
            isRetrying = true
            let retryAt = MonotonicTime.after(pause(after: after, jitter: jitter), from: now)
            // A beat that comes while its forerunner still waits replaces it: values are cumulative.
            dropped = passBeats(until: retryAt)
            due = retryAt
            return dropped
        }
        // Beats that passed during the call itself were not exported.
        dropped += passBeats(until: now)
        due = nextBeat
        return dropped
    }

    /// How long to wait before trying again.
    private func pause(after wanted: Int64, jitter: Double) -> Int64 {
        let doubled = Self.firstBackOff << Int64(min(failuresInRow - 1, 20))
        let longest = min(doubled, Self.longestBackOff)
        // Between half and all of it, so that many exporters do not come back at once.
        let jittered = longest / 2 + Int64(Double(longest / 2) * (jitter > 0 ? min(jitter, 1) : 0))
        return max(jittered, max(wanted, 0))
    }

    private mutating func passBeats(until time: Int64) -> Int {
        guard nextBeat <= time else { return 0 }
        let passed = (time - nextBeat) / interval + 1
        nextBeat = MonotonicTime.after(
            passed.multipliedReportingOverflow(by: interval).partialValue, from: nextBeat)
        return Int(clamping: passed)
    }
}
