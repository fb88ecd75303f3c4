import AgentConfiguration
import ArgumentParser
import Glibc

/// `agent runs start DEVICE -- COMMAND…`
struct RunsStartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts a run.",
        discussion: """
            Writes the run's id and ends, with 75 where the quota has no room and 1 where the run was refused. With \
            --wait or --follow it ends with the run, and with its command's exit code: 124 where it took too long, \
            130 where it was canceled, 125 where it could not be carried out.

              agent runs start lab-1 --follow -- df -h /
            """)

    @Argument(help: "The device's id.")
    var device: String

    @Argument(
        parsing: .postTerminator, help: "The command: a program and its arguments, behind --.")
    var command: [String] = []

    @Flag(help: "Writes the run's output as it comes, and ends with the run.")
    var follow = false

    @Flag(help: "Ends with the run, without its output.")
    var wait = false

    @Option(help: ArgumentHelp("How long the run may take, such as 30s.", valueName: "duration"))
    var timeout: String?

    @Option(
        help: ArgumentHelp(
            "How long to wait for room in the quota instead of being refused.",
            valueName: "duration"))
    var quotaWait: String?

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func run() throws {
        try reporting { () throws in
            let client = try target.client(config: agent.config)
            let answer = try client.ask("POST", "/v1/runs", body: request)
            guard answer.status == 201, let id = answer.json["id"]?.string else {
                if output.json {
                    StandardOutput.write(String(decoding: answer.body, as: UTF8.self))
                }
                let code: Int32 = answer.json["run"] != nil && answer.status == 429 ? 75 : 1
                throw CommandFailure(
                    answer.failure.description, exitCode: follows ? max(code, 125) : code)
            }
            guard follows else { return output.write(answer.json) { "\(id)\n" } }
            let following = RunFollowing(
                client: client, id: id, writesOutput: follow && !output.json,
                writesEvents: follow && output.json)
            let run = try following.untilEnd()
            if output.json, !follow { StandardOutput.write(JSONWriter(.pretty).write(run.json)) }
            if !run.isOK, !output.json { StandardError.write("\(run.ending)\n") }
            throw ExitCode(run.processExitCode)
        }
    }

    private var follows: Bool { follow || wait }

    private var request: JSONValue {
        var object: JSONObject = [
            "device_id": .string(device), "command": .array(command.map { .string($0) }),
            "requested_by": .string("cli:\(UserName.current)"),
        ]
        object["timeout"] = timeout.map { .string($0) }
        object["wait"] = quotaWait.map { .string($0) }
        return .object(object)
    }
}

/// Who runs this.
enum UserName {
    static var current: String {
        getpwuid(getuid()).flatMap { String(validatingCString: $0.pointee.pw_name) }
            ?? "\(getuid())"
    }
}

/// Does what a command does, and says in one sentence why it cannot.
func reporting(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let failure as CommandFailure {
        StandardError.write("\(failure)\n")
        throw ExitCode(failure.exitCode)
    }
}
