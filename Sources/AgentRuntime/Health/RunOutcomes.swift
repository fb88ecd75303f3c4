import Automation
import PubSub
import Repo
import ServiceLifecycle
import Synchronization

/// Counts how runs end.
final class RunOutcomes: Sendable {
    private let counts = Mutex((ended: 0, failed: 0))

    /// Since the start.
    var totals: (ended: Int, failed: Int) { counts.withLock { $0 } }

    /// A run that was canceled, or not let in, says nothing of whether runs work.
    func note(_ status: RunStatus, reason: String?) {
        guard status.isFinal, status != .canceled, reason?.hasPrefix("quota_exceeded") != true
        else { return }
        counts.withLock {
            $0.ended &+= 1
            if status != .ok { $0.failed &+= 1 }
        }
    }
}

/// Follows all runs to their ends.
struct RunOutcomesService: Service {
    let outcomes: RunOutcomes
    let hub: PubSub

    func run() async throws {
        let subscription = hub.subscribe(to: [.runs], capacity: 1024)
        await cancelWhenGracefulShutdown {
            while let batch = await subscription.next() {
                for message in batch.messages {
                    guard let run = (message.notice as? RunNotice)?.run else { continue }
                    outcomes.note(run.status, reason: run.reason)
                }
            }
        }
    }
}
