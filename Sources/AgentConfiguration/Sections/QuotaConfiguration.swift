/// `quotas`: how many runs, and holds of others, there may be at once.
package struct QuotaConfiguration: Hashable, Sendable {
    /// What becomes of a site that `sites` does not name.
    package enum UnknownSites: String, CaseIterable, Sendable {
        case allowed
        case refused
    }

    package let global: Int

    /// Site → its limit.
    package let sites: [String: Int]

    /// The limit of each site that `sites` does not name; `nil` for none but the global one.
    package let otherSites: Int?
    package let unknownSites: UnknownSites
}

extension QuotaConfiguration {
    static let shape = Shape<QuotaConfiguration>.object(
        Field<Int>(
            "global", .quotaLimit, default: 100,
            "How many there may be at once, all sites together; 0 admits none."),
        Field<[String: Int]>(
            "sites",
            .dictionary(of: .quotaLimit, keyedBy: .siteName, "an object of limits by site"),
            default: [:], "How many there may be at once at single sites."),
        Field<Int?>(
            "other_sites", .quotaLimit,
            "How many there may be at once at each other site; only the global limit when absent."),
        Field<UnknownSites>(
            "unknown_sites", .word, default: "allowed",
            "What becomes of a site that \"sites\" does not name."),
        build: QuotaConfiguration.init
    )
    .ruled(by: checkOtherSites)

    private static func checkOtherSites(_ node: JSONNode, _ decoding: inout Decoding) {
        guard node["unknown_sites"]?.value.string == UnknownSites.refused.rawValue,
            node.member("other_sites") != nil
        else { return }
        decoding.reject(
            node, key: "other_sites", "\"unknown_sites\" refuses the sites this limit is for")
    }
}

extension Shape<Int> {
    fileprivate static let quotaLimit = integer(in: 0...1_000_000)
}
