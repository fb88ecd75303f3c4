import AgentConfiguration
import ArgumentParser

/// `agent quota show`
struct QuotaShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows limits, who is in, and who waits.")

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let state = try target.client(config: agent.config).get("/v1/quota")
            output.write(state) { Self.text(state, width: Terminal.width) }
        }
    }

    static func text(_ state: JSONValue, width: Int?) -> String {
        var limits = TextTable(["site", "limit", "active", "waiting"])
        limits.append(
            [
                "(all)", number(state["global"]?["limit"]), number(state["global"]?["active"]),
                number(state["waiting"]),
            ])
        for site in items(state["sites"]) {
            limits.append(
                [
                    site["site"]?.string ?? "", number(site["limit"]), number(site["active"]),
                    number(site["waiting"]),
                ])
        }
        var text = limits.text(width: width)
        let others =
            state["unknown_sites"]?.string == "refused"
            ? "refused"
            : state["other_sites"] == .null
                ? "no limit of their own" : "\(number(state["other_sites"])) each"
        text += "other sites: \(others)\n"
        let holders = items(state["holders"])
        guard !holders.isEmpty else { return text }
        var table = TextTable(["since (UTC)", "site", "holder", "owner"])
        for holder in holders {
            let since = holder["since_at"]?.string.map(Timestamp.clock) ?? ""
            let site = holder["site"]?.string ?? ""
            let name =
                holder["run_id"]?.string.map { "run \($0)" } ?? holder["lease"]?.string ?? "-"
            table.append([
                since, site.isEmpty ? "(all)" : site, name, holder["owner"]?.string ?? "",
            ])
        }
        return text + "\n" + table.text(width: width)
    }

    private static func items(_ value: JSONValue?) -> [JSONValue] {
        guard case .array(let items) = value else { return [] }
        return items
    }

    private static func number(_ value: JSONValue?) -> String {
        guard case .integer(let number) = value else { return "-" }
        return "\(number)"
    }
}
