import AgentConfiguration
import ArgumentParser

/// `agent quota set`
struct QuotaSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Changes limits of a running agent.",
        discussion: """
            What is not named stays as it is. A lower limit ends nothing: it holds for those who come. The change lasts \
            until the agent is started again, or reads a configuration with other quotas. It needs the agent's token.

              agent quota set --global 20 --site chi1=5 --site lab=none
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
            "How many there may be at each site without a limit.", valueName: "number"))
    var otherSites: Int?

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
    }

    func run() throws {
        try reporting { () throws in
            let client = try target.client(config: agent.config)
            var body: JSONObject = [:]
            body["global"] = global.map { .integer(Int64($0)) }
            body["other_sites"] = otherSites.map { .integer(Int64($0)) }
            body["unknown_sites"] = unknownSites.map { .string($0) }
            if !site.isEmpty {
                body["sites"] = .object(changed(try client.get("/v1/quota")))
            }
            let answer = try client.ask("PUT", "/v1/quota", body: .object(body))
            guard answer.status == 200 else { throw answer.failure }
            output.write(answer.json) {
                QuotaShowCommand.text(answer.json, width: Terminal.width)
            }
        }
    }

    /// The sites' limits as they are, with those that are given in place of theirs.
    private func changed(_ state: JSONValue) -> JSONObject {
        var limits: JSONObject = [:]
        if case .array(let sites)? = state["sites"] {
            for site in sites {
                guard let name = site["site"]?.string, let limit = site["own_limit"] else {
                    continue
                }
                if case .integer = limit { limits[name] = limit }
            }
        }
        for text in site {
            guard let (name, limit) = Self.parts(of: text) else { continue }
            limits[name] = limit.map { .integer(Int64($0)) }
        }
        return limits
    }

    /// A site and its limit, which is nil for "none".
    private static func parts(of text: String) -> (site: String, limit: Int?)? {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { return nil }
        let word = text[text.index(after: equals)...]
        if word == "none" { return (String(text[..<equals]), nil) }
        return Int(word).map { (String(text[..<equals]), $0) }
    }
}
