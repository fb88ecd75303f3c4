import BenchmarkSupport
import EventIntake
import Glibc
import Telemetry

/// Text to send, and what became of what was sent.
enum Traffic {
    static func text(_ lines: Int, of line: (Int) -> String) -> [UInt8] {
        (0..<lines).flatMap { Array((line($0) + "\n").utf8) }
    }

    static func lineProtocol(_ lines: Int) -> [UInt8] { text(lines, of: Workload.line) }

    /// What one transfer cost the receiving side, in nanoseconds.
    struct Transfer {
        let processor: Int64
        let wall: Int64
        let received: Int
    }

    /// Who receives: the code given to `measure`, or threads it only waits for.
    enum Receiver { case body, otherThreads }

    /// Sends from a thread of its own, and receives until `receive` answers how many of the `lines` came.
    static func measure(
        _ lines: Int, _ receiver: Receiver, send: @escaping @Sendable () -> Void, receive: () -> Int
    ) -> Transfer {
        let wall = TelemetryClock.machine.monotonic()
        let processor = ProcessorTime.now
        let own = ProcessorTime.ofThread
        var received = 0
        let sending = Threads.run(send) { received = receive() }
        let ownTime = ProcessorTime.ofThread - own
        let others = ProcessorTime.now - processor - sending - ownTime
        // Who misses lines has waited in vain for a while.
        let idle = received < lines ? patience : 0
        return Transfer(
            processor: receiver == .body ? ownTime : others,
            wall: max(1, TelemetryClock.machine.monotonic() - wall - idle), received: received)
    }

    /// How long no line must have come before the rest is taken for lost.
    static let patience: Int64 = 1_000_000_000

    /// Waits for lines that a source applies; answers how many came.
    static func wait(
        _ intake: EventIntake, _ source: IntakeSource, _ lines: Int, since before: IntakeCounts
    ) -> Int {
        var last = 0
        var lastTime = TelemetryClock.machine.monotonic()
        while true {
            let applied = intake.accounting[source].applied - before.applied
            let now = TelemetryClock.machine.monotonic()
            if applied != last { (last, lastTime) = (applied, now) }
            if applied >= lines || now - lastTime > patience { return applied }
            usleep(500)
        }
    }
}
