import Synchronization
package import Telemetry

/// A clock that stands still until it is moved.
package final class ManualClock: Sendable {
    private let now = Atomic<Int64>(1_000)

    package init() {}

    package func advance(_ duration: Duration) {
        now.wrappingAdd(duration.nanoseconds, ordering: .relaxed)
    }

    package var clock: TelemetryClock {
        TelemetryClock(
            monotonic: { self.now.load(ordering: .relaxed) },
            system: { 1_700_000_000_000_000_000 + self.now.load(ordering: .relaxed) })
    }
}
