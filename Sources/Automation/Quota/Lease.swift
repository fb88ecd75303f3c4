/// A reservation for someone outside the agent: a command under `agent quota hold`, another program.
///
/// Keep it for as long as the connection lives over which it was asked for. When that ends without a word, so does the
/// lease: dropped, it is released with the reason `owner_down`.
package final class Lease: Sendable {
    /// What `debugState` lists it under.
    package let name: String
    private let reservation: Reservation

    init(_ reservation: Reservation) {
        self.reservation = reservation
        name = Self.name(reservation.number)
    }

    package var scope: QuotaScope { reservation.scope }
    package var site: String { reservation.site }
    package var owner: String { reservation.metadata.owner }

    /// Gives the place back, as its owner asked. Doing so again changes nothing.
    package func end(reason: QuotaCheckInReason = .normal) { reservation.checkIn(reason: reason) }

    static func name(_ number: UInt64) -> String { "lease-\(number)" }
}

extension QuotaServer {
    /// Lets in an owner from outside, at once or within the time given.
    package func lease(
        owner: String, scope: QuotaScope = .site, site: String, within limit: Duration = .zero
    ) async throws(QuotaRefusal) -> Lease {
        let request = QuotaLedger.Request(
            scope, site, QuotaMetadata(owner: owner), isLease: true)
        return Lease(try await checkOut(request, within: limit))
    }
}
