import Synchronization

/// A place within the quota, held for as long as this object lives.
///
/// Dropping it without having checked it in gives the place back with the reason `owner_down`.
package final class Reservation: Sendable {
    package let scope: QuotaScope
    /// Empty where the scope is global.
    package let site: String
    package let metadata: QuotaMetadata
    /// Rises from reservation to reservation of a server.
    package let number: UInt64
    private let server: QuotaServer
    private let isOver = Atomic(false)

    init(_ number: UInt64, _ request: QuotaLedger.Request, of server: QuotaServer) {
        scope = request.scope
        site = request.site
        metadata = request.metadata
        self.number = number
        self.server = server
    }

    deinit { checkIn(reason: .ownerDown) }

    /// Gives the place back. Doing so again changes nothing.
    package func checkIn(reason: QuotaCheckInReason = .normal) {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        server.release(number, reason)
    }
}
