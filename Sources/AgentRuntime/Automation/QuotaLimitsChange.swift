import AgentConfiguration
import Automation

/// What a request says of the quota's limits; what it leaves out stays.
struct QuotaLimitsChange: Sendable {
    static let keys = ["global", "sites", "other_sites", "unknown_sites"]

    /// What the key `sites` stands for.
    enum Sites: Sendable {
        /// All sites with a limit of their own: what is not there has none any more.
        case whole
        /// Those to be changed; `null` takes a site's own limit away.
        case each
    }

    private static let range = 0...QuotaLimits.maximumLimit

    private let global: Int?
    private let sites: [String: Int?]?
    private let meaning: Sites
    private let otherSites: Int?
    private let freesOtherSites: Bool
    private let unknownSites: QuotaLimits.UnknownSites?

    init(_ object: RequestObject, sites meaning: Sites) throws(RequestFault) {
        self.meaning = meaning
        global = try object.integer("global", in: Self.range)
        sites = try Self.sites(object, meaning)
        otherSites = try object.integer("other_sites", in: Self.range)
        freesOtherSites = object.isNull("other_sites")
        unknownSites =
            try object.word("unknown_sites", of: QuotaConfiguration.UnknownSites.self)
            .map { $0 == .refused ? .refused : .allowed }
    }

    /// The sites it names.
    var siteNames: [String] { sites.map { Array($0.keys) } ?? [] }

    func applied(to limits: QuotaLimits) throws(QuotaLimitsError) -> QuotaLimits {
        var own = meaning == .whole && sites != nil ? [:] : limits.sites
        for (site, limit) in sites ?? [:] { own[site] = limit }
        return try QuotaLimits(
            global: global ?? limits.global, sites: own,
            otherSites: freesOtherSites ? nil : otherSites ?? limits.otherSites,
            unknownSites: unknownSites ?? limits.unknownSites)
    }

    private static func sites(
        _ object: RequestObject, _ meaning: Sites
    ) throws(RequestFault) -> [String: Int?]? {
        guard let node = object["sites"] else { return nil }
        let expected =
            "an object of integers from \(range.lowerBound) to \(range.upperBound)"
            + (meaning == .each ? ", or null" : "")
        guard case .object(let members) = node.content else {
            throw object.wrong("sites", expected)
        }
        var sites: [String: Int?] = [:]
        for member in members {
            switch member.value.content {
            case .null where meaning == .each:
                sites.updateValue(nil, forKey: member.key)
            case .integer(let written):
                guard let limit = Int(exactly: written), range.contains(limit) else { fallthrough }
                sites[member.key] = limit
            default: throw object.wrong("sites", expected)
            }
        }
        return sites
    }
}
