/// How many reservations there may be at the same time. A limit of 0 lets nobody in.
package struct QuotaLimits: Sendable, Hashable {
    package static let maximumLimit = 1_000_000
    package static let maximumSites = 1_000
    package static let maximumSiteBytes = 128

    /// What becomes of a site that `sites` does not name.
    package enum UnknownSites: String, Sendable {
        case allowed
        case refused
    }

    /// All together.
    package let global: Int
    /// For each site that has a limit of its own.
    package let sites: [String: Int]
    /// For each of the other sites; `nil` for no more than the limit on everything.
    package let otherSites: Int?
    package let unknownSites: UnknownSites

    package init(
        global: Int, sites: [String: Int] = [:], otherSites: Int? = nil,
        unknownSites: UnknownSites = .allowed
    ) throws(QuotaLimitsError) {
        try Self.check(global, .global)
        guard sites.count <= Self.maximumSites else { throw .tooManySites(sites.count) }
        for (site, limit) in sites.sorted(by: { $0.key < $1.key }) {
            guard Self.isSite(site) else { throw .siteName(site) }
            try Self.check(limit, .site(site))
        }
        if let otherSites { try Self.check(otherSites, .otherSites) }
        self.global = global
        self.sites = sites
        self.otherSites = otherSites
        self.unknownSites = unknownSites
    }

    /// What holds for a site; `nil` where it is refused.
    package func limit(of site: String) -> Int? {
        if let limit = sites[site] { return limit }
        return unknownSites == .refused ? nil : otherSites ?? global
    }

    /// Whether a text may name a site: 1 to 128 bytes.
    package static func isSite(_ text: String) -> Bool {
        (1...maximumSiteBytes).contains(text.utf8.count)
    }

    private static func check(_ limit: Int, _ subject: QuotaLimitsError.Subject)
        throws(QuotaLimitsError)
    {
        guard (0...maximumLimit).contains(limit) else { throw .outOfRange(subject, limit) }
    }
}

/// Limits that cannot be.
package enum QuotaLimitsError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Subject: Sendable, Hashable {
        case global
        case site(String)
        case otherSites
    }

    case outOfRange(Subject, Int)
    case siteName(String)
    case tooManySites(Int)
    /// What an environment variable says cannot be read; `problem` says what is accepted.
    case variable(String, problem: String)

    package var description: String {
        switch self {
        case .outOfRange(let subject, let limit):
            "the quota \(Self.words(subject)) is \(limit): "
                + "a whole number from 0 to \(QuotaLimits.maximumLimit) is accepted"
        case .siteName(let name):
            name.isEmpty
                ? "the name of a site is empty"
                : "the name of a site has \(name.utf8.count) bytes: "
                    + "at most \(QuotaLimits.maximumSiteBytes) are accepted"
        case .tooManySites(let count):
            "\(count) sites have quotas: at most \(QuotaLimits.maximumSites) are accepted"
        case .variable(let name, let problem):
            "environment variable \(name): \(problem)"
        }
    }

    private static func words(_ subject: Subject) -> String {
        switch subject {
        case .global: "on everything"
        case .site(let site): "of site \"\(site)\""
        case .otherSites: "of other sites"
        }
    }
}
