/// What a check-out counts against.
package enum QuotaScope: String, Sendable, CaseIterable {
    /// The limit on everything, and no other.
    case global
    /// The limit of its site and the one on everything.
    case site
}

/// Why a reservation ended.
package enum QuotaCheckInReason: String, Sendable, CaseIterable {
    case normal
    /// Whoever held it is gone without having given it back.
    case ownerDown = "owner_down"
    case canceled
}
