import AgentConfiguration
import ArgumentParser

/// `agent reload`
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the running agent take its changed configuration into use.",
        discussion: "Exits with 2 where the agent refuses it and goes on as it was.")

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let answer = try target.client(config: agent.config).ask(
                "POST", "/v1/reload",
                body: ["requested_by": .string("cli:\(UserName.current)")])
            guard answer.status != 422 else {
                throw CommandFailure(answer.message, exitCode: 2)
            }
            guard answer.status == 200 else { throw answer.failure }
            output.write(answer.json) { Self.text(answer.json) }
        }
    }

    static func text(_ answer: JSONValue) -> String {
        var keys: [String] = []
        if case .array(let changed) = answer["changed"] { keys = changed.compactMap(\.string) }
        let what = keys.isEmpty ? "nothing changed" : "changed: \(keys.joined(separator: ", "))"
        return "configuration \(answer["hash"]?.string ?? "") is in use; \(what)\n"
    }
}
