import Synchronization
import Telemetry

/// The registry's sense of time: the system clock, and a tick that is cheap to read on every update.
final class RegistryTime: Sendable {
    let clock: TelemetryClock
    /// What one tick stands for; the sharpness of `expire_after`.
    let tickLength: Duration
    private let ticks = Atomic<UInt32>(1)

    init(clock: TelemetryClock, tickLength: Duration) {
        self.clock = clock
        self.tickLength = tickLength
    }

    @inline(__always)
    var tick: UInt32 { ticks.load(ordering: .relaxed) }

    /// The ticks that cover `duration`, at least one.
    func ticks(in duration: Duration) -> UInt32 {
        let (whole, rest) = duration.nanoseconds.quotientAndRemainder(
            dividingBy: max(1, tickLength.nanoseconds))
        return UInt32(clamping: max(1, rest > 0 ? whole + 1 : whole))
    }

    func advance(by count: UInt32) { ticks.wrappingAdd(count, ordering: .relaxed) }
    func system() -> Int64 { clock.system() }
}
