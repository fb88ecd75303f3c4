import CPlatform
import Glibc
import Synchronization
import Telemetry

/// How a thread learns that it shall stop, and until when it may take.
final class StopSignal: Sendable {
    private let wakeup: Descriptor
    /// Nanoseconds of CLOCK_MONOTONIC; 0: go on.
    private let deadline = Atomic<Int64>(0)

    init(_ address: String) throws(IntakeError) {
        let number = platform_wakeup_create()
        guard number >= 0 else { throw .last("eventfd", address) }
        wakeup = Descriptor(number)
    }

    /// Readable from the moment the thread shall stop.
    var descriptor: Int32 { wakeup.number }
    var isStopping: Bool { deadline.load(ordering: .acquiring) != 0 }
    /// Whether the time to finish is over.
    var isOverdue: Bool {
        TelemetryClock.machine.monotonic() >= deadline.load(ordering: .acquiring)
    }

    func stop(within limit: Duration) {
        let (end, overflow) = TelemetryClock.machine.monotonic().addingReportingOverflow(
            limit.nanoseconds)
        deadline.store(overflow ? .max : max(1, end), ordering: .releasing)
        platform_wakeup(wakeup.number)
    }
}
