import AgentConfiguration
import ArgumentParser
import Glibc

/// `agent quota hold --site SITE -- COMMAND…`
struct QuotaHoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Holds a place in the quota while a command runs.",
        discussion: """
            Starts the command once there is a place, passes signals on to it, and ends with its exit code (128 and \
            the signal's number where one ended it). Ends with 75 where there is no place, 125 where the agent cannot \
            be asked, 126 and 127 where the command cannot be started. Where the agent goes away, the command goes on.

              agent quota hold --site chi1 --wait 10m -- ./upgrade.sh
            """)

    @Option(help: "Where the place is held.")
    var site: String?

    @Flag(help: "Holds a place of the global limit alone.")
    var global = false

    @Option(
        help: ArgumentHelp("How long to wait for a place, such as 10m.", valueName: "duration"))
    var wait: String?

    @Option(help: ArgumentHelp("What the holder is called in listings.", valueName: "text"))
    var owner: String?

    @Argument(
        parsing: .postTerminator, help: "The command: a program and its arguments, behind --.")
    var command: [String] = []

    @OptionGroup var target: AgentOptions
    @ParentCommand var agent: AgentCommand

    func validate() throws {
        guard site != nil || global else {
            throw ValidationError("--site says where the place is held; or else --global.")
        }
        guard !command.isEmpty else {
            throw ValidationError("What holds the place? A command is missing behind --.")
        }
    }

    func run() throws {
        try reporting { () throws in
            let client = try target.client(config: agent.config)
            let lease = try QuotaHold(client: client).take(request)
            let child = try ChildCommand(command)
            lease.watch()
            let code = child.wait()
            lease.giveBack()
            throw ExitCode(code)
        }
    }

    private var request: JSONValue {
        let name = "\(UserName.current): \(command.joined(separator: " "))"
        var object: JSONObject = [
            "scope": .string(global ? "global" : "site"),
            "owner": .string(owner ?? String(name.prefix(100))),
        ]
        object["site"] = global ? nil : site.map { .string($0) }
        object["wait"] = wait.map { .string($0) }
        return .object(object)
    }
}
