import Telemetry

/// The share of what failed, over the last while: from totals that only grow.
struct ErrorWindow: Sendable {
    private struct Sample {
        let at: Int64
        let total: Int
        let failed: Int
    }

    private static let maximumSamples = 4096

    /// Nanoseconds.
    private var length: Int64
    /// Below so many the share says nothing.
    private var minimumCount: Int
    /// The oldest first; the first is the last one that lies before the window.
    private var samples: [Sample] = []

    init(length: Duration, minimumCount: Int) {
        self.length = length.nanoseconds
        self.minimumCount = minimumCount
    }

    /// Looks so far back from now on; what was forgotten before stays so.
    mutating func use(length: Duration, minimumCount: Int) {
        self.length = length.nanoseconds
        self.minimumCount = minimumCount
    }

    /// Takes the totals at a moment of the monotonic clock.
    ///
    /// - Returns: from 0 to 1; `nil` where there was too little to say
    mutating func share(failed: Int, of total: Int, at now: Int64) -> Double? {
        samples.append(Sample(at: now, total: total, failed: failed))
        let begin = now &- length
        let outdated = (samples.firstIndex { $0.at > begin } ?? 1) - 1
        let surplus = samples.count - Self.maximumSamples
        samples.removeFirst(max(0, outdated, surplus))
        guard let first = samples.first else { return nil }
        let count = total &- first.total
        guard count > 0, count >= minimumCount else { return nil }
        return min(1, max(0, Double(failed &- first.failed) / Double(count)))
    }
}
