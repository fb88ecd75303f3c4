import Glibc

/// The two clocks of events; tests move them by hand.
public struct TelemetryClock: Sendable {
    /// Nanoseconds of CLOCK_MONOTONIC.
    public var monotonic: @Sendable () -> Int64
    /// Nanoseconds since 1970.
    public var system: @Sendable () -> Int64

    public init(
        monotonic: @escaping @Sendable () -> Int64, system: @escaping @Sendable () -> Int64
    ) {
        self.monotonic = monotonic
        self.system = system
    }

    /// The machine's clocks.
    public static let machine = TelemetryClock(
        monotonic: { read(CLOCK_MONOTONIC) }, system: { read(CLOCK_REALTIME) })

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
