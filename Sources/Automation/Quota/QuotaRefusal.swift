/// Why there was no reservation.
package struct QuotaRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Cause: String, Sendable {
        /// The limit is reached.
        case exceeded
        /// It still was when the time to wait was over.
        case deadline
        /// The task that waited was canceled. The limits have refused nothing, so there is no event of it.
        case canceled
        /// As many wait already as may wait.
        case crowded
        /// The limits name no such site, and refuse what they do not name.
        case unknownSite
    }

    package let cause: Cause
    /// Whose limit stood in the way; the one on everything is looked at first.
    package let scope: QuotaScope
    package let site: String
    package let limit: Int
    /// How many there were.
    package let active: Int

    /// The class of the refusal, as runs store it: `quota_exceeded:global`, `quota_exceeded:site`, ….
    package var reason: String {
        switch cause {
        case .exceeded, .deadline, .crowded: "quota_exceeded:\(scope.rawValue)"
        case .canceled: "canceled"
        case .unknownSite: "unknown_site"
        }
    }

    func because(_ cause: Cause) -> QuotaRefusal {
        QuotaRefusal(cause: cause, scope: scope, site: site, limit: limit, active: active)
    }

    package var description: String {
        let bound =
            switch scope {
            case .global: "the global quota of \(limit)"
            case .site: "the quota of \(limit) for site \"\(site)\""
            }
        return switch cause {
        case .exceeded: "\(bound) is taken (\(active) active)"
        case .deadline: "\(bound) was still taken when the time to wait for it was over"
        case .canceled: "waiting for \(bound) was canceled"
        case .crowded:
            "\(bound) is taken, and \(QuotaLedger.maximumWaiters) are waiting already"
        case .unknownSite:
            "no quota is configured for site \"\(site.bounded(QuotaLimits.maximumSiteBytes))\""
        }
    }
}
