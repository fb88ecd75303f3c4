import Synchronization
import Telemetry

/// A clock that stands still until it is moved.
final class QuotaTime: Sendable {
    private let now = Atomic<Int64>(1_000)

    func advance(_ duration: Duration) {
        now.wrappingAdd(duration.nanoseconds, ordering: .relaxed)
    }

    var clock: TelemetryClock {
        TelemetryClock(
            monotonic: { self.now.load(ordering: .relaxed) },
            system: { 1_700_000_000_000_000_000 + self.now.load(ordering: .relaxed) })
    }
}
