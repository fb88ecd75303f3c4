import AgentConfiguration
import ArgumentParser

/// `agent quota set`
struct QuotaSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Changes limits of a running agent.",
        discussion: """
            What is not named stays as it is. A lower limit ends nothing: it holds for those who come. The change lasts \
            until the agent is started again, or reads a configuration with other quotas. It needs the agent's token.

              agent quota set --global 20 --site chi1=5 --site lab=none --other-sites none
            """)

    @Option(help: ArgumentHelp("How many there may be in all.", valueName: "number"))
    var global: Int?

    @Option(
        help: ArgumentHelp(
            "How many there may be at a site; \"none\" for no limit of its own.",
            valueName: "site=number"))
    var site: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many there may be at each site without a limit; \"none\" for the global limit alone.",
            valueName: "number"))
    var otherSites: String?

    @Option(
        help: ArgumentHelp(
            "Whether sites without a limit are let in: allowed or refused.", valueName: "word"))
    var unknownSites: String?

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func validate() throws {
        guard global != nil || !site.isEmpty || otherSites != nil || unknownSites != nil else {
            throw ValidationError(
                "Nothing is to be changed; give --global, --site, --other-sites or --unknown-sites."
            )
        }
        for text in site where Self.parts(of: text) == nil {
            throw ValidationError("--site is a site and its limit such as chi1=5, not \"\(text)\".")
        }
        if let otherSites, Self.limit(otherSites) == nil {
            throw ValidationError("--other-sites is a number or \"none\", not \"\(otherSites)\".")
        }
    }

    func run() throws {
        try reporting { () throws in
            let client = try target.client(config: agent.config)
            var body: JSONObject = [:]
            body["global"] = global.map { .integer(Int64($0)) }
            body["other_sites"] = otherSites.flatMap(Self.limit)
            body["unknown_sites"] = unknownSites.map { .string($0) }
            var limits: JSONObject = [:]
            for (site, limit) in site.compactMap(Self.parts) { limits[site] = limit }
            if !limits.members.isEmpty { body["sites"] = .object(limits) }
            let answer = try client.ask("PATCH", "/v1/quota", body: .object(body))
            guard answer.status == 200 else { throw answer.failure }
            output.write(answer.json) {
                QuotaShowCommand.text(answer.json, width: Terminal.width)
            }
        }
    }

    /// A site and its limit.
    private static func parts(of text: String) -> (site: String, limit: JSONValue)? {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex,
            let limit = limit(String(text[text.index(after: equals)...]))
        else { return nil }
        return (String(text[..<equals]), limit)
    }

    /// A limit as a request has it: null for "none". Nil for what is none.
    private static func limit(_ word: String) -> JSONValue? {
        word == "none" ? JSONValue.null : Int64(word).map(JSONValue.integer)
    }
}
