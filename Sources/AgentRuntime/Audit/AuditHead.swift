import Logging
import Repo
import Synchronization
import Telemetry

/// Tells the log's last entry from time to time where the store's file does not reach: to the agent's log, and to a metric.
/// Who chains the file anew does not change what stands there.
final class AuditHead: Sendable {
    private struct State {
        var told: AuditVerdict.Anchor?
        var at: Int64?
    }

    private let store: AuditStore
    private let interval: Int64
    private let clock: TelemetryClock
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ store: AuditStore, every interval: Duration, clock: TelemetryClock = .machine,
        logger: Logger
    ) {
        self.store = store
        self.interval = interval.nanoseconds
        self.clock = clock
        self.logger = logger
    }

    /// As it was last told.
    var told: AuditVerdict.Anchor? { state.withLock { $0.told } }

    /// Tells it where the interval is over and there is something new; to be called every few seconds.
    ///
    /// - Parameter isLast: tells whatever is new
    func tell(isLast: Bool = false) {
        let now = clock.monotonic()
        guard let head = store.head else { return }
        let isNews = state.withLock { state in
            let isDue = state.at.map { now &- $0 >= interval } ?? true
            guard isLast || isDue, state.told != head else { return false }
            state.told = head
            state.at = now
            return true
        }
        guard isNews else { return }
        logger.notice(
            "the audit log goes on from its head",
            metadata: ["seq": "\(head.seq)", "hash": "\(head.hash)"])
    }
}
