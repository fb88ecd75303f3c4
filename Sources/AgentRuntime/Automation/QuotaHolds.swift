import Automation
import Synchronization

/// The holds of owners outside the agent, each for as long as its connection lives.
final class QuotaHolds: Sendable {
    private struct Hold {
        let lease: Lease
        let stream: ServerSentEventStream
    }

    let quota: QuotaServer
    private let holds = Mutex<[String: Hold]>([:])

    init(_ quota: QuotaServer) { self.quota = quota }

    /// Keeps a lease until its client is gone, or gives it back; answers which.
    func keep(_ lease: Lease, for stream: ServerSentEventStream) async -> QuotaCheckInReason {
        holds.withLock { $0[lease.name] = Hold(lease: lease, stream: stream) }
        await stream.waitUntilClosed()
        let isKept = holds.withLock { $0.removeValue(forKey: lease.name) } != nil
        lease.end(reason: .ownerDown)
        return isKept ? .ownerDown : .normal
    }

    /// Gives a lease back in its owner's name, and answers it; nil where there is no such lease.
    func release(_ name: String) -> Lease? {
        guard let hold = holds.withLock({ $0.removeValue(forKey: name) }) else { return nil }
        hold.lease.end()
        hold.stream.close()
        return hold.lease
    }
}
