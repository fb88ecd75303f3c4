import Telemetry

/// What an instance's queue has lost of late: told in the log at most once a minute, and by its health for a minute.
///
/// Used on the instance's thread alone.
struct RecentLoss {
    static let memory: Int64 = 60_000_000_000

    private var count: UInt64 = 0
    private var toldAt: Int64?
    /// Until when the last loss degrades the instance.
    private(set) var until: Int64?

    /// Notes a loss; answers how many the log is to tell of, those since it last did among them.
    mutating func note(_ lost: UInt64, now: Int64) -> UInt64? {
        guard lost > 0 else { return nil }
        count &+= lost
        until = MonotonicTime.after(Self.memory, from: now)
        guard toldAt.map({ now &- $0 >= Self.memory }) ?? true else { return nil }
        toldAt = now
        defer { count = 0 }
        return count
    }

    /// Whether the last loss is too recent to be forgotten.
    mutating func isRecent(now: Int64) -> Bool {
        guard let end = until else { return false }
        if now >= end { until = nil }
        return now < end
    }
}
