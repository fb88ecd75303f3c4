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

    /// Keeps a lease until its client is gone, or gives it back.
    func keep(_ lease: Lease, for stream: ServerSentEventStream) async {
        holds.withLock { $0[lease.name] = Hold(lease: lease, stream: stream) }
        await stream.waitUntilClosed()
        holds.withLock { $0[lease.name] = nil }
        lease.end(reason: .ownerDown)
    }

    /// Gives a lease back in its owner's name; false where there is no such lease.
    func release(_ name: String) -> Bool {
        guard let hold = holds.withLock({ $0.removeValue(forKey: name) }) else { return false }
        hold.lease.end()
        hold.stream.close()
        return true
    }
}
