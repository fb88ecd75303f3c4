import Glibc

/// A point on the monotonic clock before which a call has to return.
public struct Deadline: Sendable {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// What is left; negative when it has passed.
    public var remaining: Duration {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let passed = Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
        return .nanoseconds(nanoseconds.subtractingReportingOverflow(passed).partialValue)
    }

    public var hasPassed: Bool { remaining <= .zero }
}

extension Duration {
    /// Whole nanoseconds, held within an Int64.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
