import Automation
import Repo
import Synchronization
import Telemetry

/// Notes the runs that schedules make, so that the log does not grow with the clock: the first of a schedule as an entry of
/// its own, and those that follow within the interval as one.
final class ScheduledRuns: Sendable {
    private struct Window {
        let since: Int64
        var count: Int64 = 0
        var refused: Int64 = 0
        var first: Run?
        var last: Run?

        mutating func add(_ run: Run) {
            count &+= 1
            if run.isRefused { refused &+= 1 }
            if first == nil { first = run }
            last = run
        }
    }

    private let audit: AuditLog
    private let interval: Int64
    private let clock: TelemetryClock
    private let windows = Mutex<[String: Window]>([:])

    /// - Parameter interval: 0 for an entry for each run
    init(_ audit: AuditLog, interval: Duration, clock: TelemetryClock = .machine) {
        self.audit = audit
        self.interval = interval.nanoseconds
        self.clock = clock
    }

    func note(_ run: Run) {
        let isTold = windows.withLock { windows in
            guard interval > 0 else { return true }
            guard windows[run.requestedBy] != nil else {
                windows[run.requestedBy] = Window(since: clock.monotonic())
                return true
            }
            windows[run.requestedBy]?.add(run)
            return false
        }
        guard isTold else { return }
        audit.record(.started(run, by: .init(run.requestedBy, .system), from: nil))
    }

    /// Tells of the windows that have ended, or of all; to be called every few seconds.
    func flush(all: Bool = false) {
        let now = clock.monotonic()
        let ended = windows.withLock { windows in
            let ended = windows.filter { all || now &- $0.value.since >= interval }
            for (schedule, window) in ended {
                // One that goes on has its next entry an interval away too.
                windows[schedule] = all || window.count == 0 ? nil : Window(since: now)
            }
            return ended
        }
        for (schedule, window) in ended.sorted(by: { $0.key < $1.key }) {
            guard let first = window.first, let last = window.last else { continue }
            audit.record(
                AuditNote(
                    .schedulesRan, "start", "schedule",
                    schedule.split(separator: ":", maxSplits: 1).last.map(String.init),
                    by: .init(schedule, .system),
                    details: [
                        "count": .integer(window.count), "refused": .integer(window.refused),
                        "device_id": .string(last.deviceID), "site": .string(last.site),
                        "first_run_id": .string(first.id.text),
                        "last_run_id": .string(last.id.text),
                    ]))
        }
    }
}

extension Run {
    /// Whether it was stored and not admitted.
    var isRefused: Bool { status == .error && startedAt == nil }
}
