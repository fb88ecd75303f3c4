package import AgentConfiguration

extension QuotaLimits {
    package static let globalVariable = "NET_AUTO_AUTOMATION_GLOBAL_LIMIT"
    package static let sitesVariable = "NET_AUTO_AUTOMATION_SITE_LIMITS"

    /// These limits with what the environment says instead.
    ///
    /// A site that the variable names gets that limit; the others keep theirs. An empty variable is none.
    package func overridden(by environment: Environment) throws(QuotaLimitsError) -> QuotaLimits {
        var (global, sites) = (global, sites)
        if let text = Self.text(environment, Self.globalVariable) {
            global = try Self.limit(text, "", Self.globalVariable)
        }
        if let text = Self.text(environment, Self.sitesVariable) {
            for (site, limit) in try Self.siteLimits(text) { sites[site] = limit }
        }
        do {
            return try QuotaLimits(
                global: global, sites: sites, otherSites: otherSites, unknownSites: unknownSites)
        } catch {
            throw .variable(Self.sitesVariable, problem: error.description)
        }
    }

    private static func text(_ environment: Environment, _ name: String) -> String? {
        guard let text = environment[name].map(trimmed), !text.isEmpty else { return nil }
        return String(text)
    }

    /// Reads a JSON object (`{"chi1": 10}`) or a list (`chi1=10,nyc=5`).
    private static func siteLimits(_ text: String) throws(QuotaLimitsError) -> [String: Int] {
        let pairs = text.first == "{" ? try objectPairs(text) : try listPairs(text)
        var limits: [String: Int] = [:]
        for (site, limit) in pairs {
            guard isSite(site) else {
                throw .variable(sitesVariable, problem: QuotaLimitsError.siteName(site).description)
            }
            guard limits.updateValue(limit, forKey: site) == nil else {
                throw .variable(sitesVariable, problem: "site \(shown(site)) stands there twice")
            }
        }
        return limits
    }

    private static func objectPairs(
        _ text: String
    ) throws(QuotaLimitsError) -> [(String, Int)] {
        let node: JSONNode
        do {
            node = try JSONReader.read(text)
        } catch {
            throw .variable(sitesVariable, problem: "the JSON cannot be read at \(error)")
        }
        guard case .object(let members) = node.content else { return [] }
        var pairs: [(String, Int)] = []
        for member in members {
            guard case .integer(let limit) = member.value.content,
                (0...Int64(maximumLimit)).contains(limit)
            else {
                throw .variable(
                    sitesVariable,
                    problem: "the limit of site \(shown(member.key)) (at \(member.value.position)) "
                        + "is not a whole number from 0 to \(maximumLimit)")
            }
            pairs.append((member.key, Int(limit)))
        }
        return pairs
    }

    private static func listPairs(_ text: String) throws(QuotaLimitsError) -> [(String, Int)] {
        var pairs: [(String, Int)] = []
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let equals = entry.lastIndex(of: "=") else {
                throw .variable(
                    sitesVariable,
                    problem: "\(shown(trimmed(entry))) is not of the form SITE=LIMIT; accepted are "
                        + "a list such as chi1=10,nyc=5 and a JSON object such as "
                        + "{\"chi1\": 10, \"nyc\": 5}")
            }
            let site = String(trimmed(entry[..<equals]))
            let number = trimmed(entry[entry.index(after: equals)...])
            pairs.append((site, try limit(number, " of site \(shown(site))", sitesVariable)))
        }
        return pairs
    }

    private static func limit(
        _ text: some StringProtocol, _ whose: String, _ variable: String
    ) throws(QuotaLimitsError) -> Int {
        guard let limit = Int(text), (0...maximumLimit).contains(limit) else {
            throw .variable(
                variable,
                problem: "the limit\(whose) is \(shown(text)): "
                    + "a whole number from 0 to \(maximumLimit) is accepted")
        }
        return limit
    }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        let blanks = start.reversed().prefix(while: \.isWhitespace).count
        return Substring(start.dropLast(blanks))
    }

    /// A text from outside, so that it stays one line of bearable length.
    private static func shown(_ text: some StringProtocol) -> String {
        let visible = text.prefix(60).map { $0.isNewline || $0 == "\"" ? "?" : $0 }
        return "\"" + String(visible) + (text.count > 60 ? "…" : "") + "\""
    }
}
