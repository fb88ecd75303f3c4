import AgentConfiguration
import ArgumentParser
import Glibc

/// `agent emit`: sends events to a running agent.
struct EmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit", abstract: "Sends an event to a running agent.",
        discussion: """
            Measurements are written as in line protocol: 5i is a whole number, 2.5 a real one. Without
            an event's name, lines in line protocol are read from standard input.

              agent emit net_auto.runner.stop duration=5000000i bytes=10i --tag site=chi1 --tag status=ok
            """)

    @Argument(help: "The event's name.")
    var event: String?

    @Argument(help: ArgumentHelp("Numbers it measured, each key=value.", valueName: "measurement"))
    var measurements: [String] = []

    @Option(help: ArgumentHelp("What it was about, key=value.", valueName: "key=value"))
    var tag: [String] = []

    @Option(help: ArgumentHelp("The agent's Unix stream socket.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The agent's HTTP server.", valueName: "url"))
    var url: String?

    /// Its `--config` says where the agent is as well.
    @ParentCommand var agent: AgentCommand

    func validate() throws {
        guard [socket, url].compactMap(\.self).count <= 1 else {
            throw ValidationError("Only one of --socket and --url says where the agent is.")
        }
        guard event != nil || tag.isEmpty else {
            throw ValidationError("--tag needs an event's name before it.")
        }
    }

    func run() throws {
        do {
            let lines = try event.map { name in
                try EventLine.text(name, measurements: measurements, tags: tag)
            }
            let target = try EmitTarget(socket: socket, url: url, config: agent.config)
            try target.send(lines.map { Array($0.utf8) } ?? StandardInput.readAll())
        } catch let failure as CommandFailure {
            StandardError.write("\(failure)\n")
            throw ExitCode(1)
        }
    }
}

/// Input that is piped in.
enum StandardInput {
    static func readAll(limit: Int = 64 << 20) throws(CommandFailure) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                count = max(0, read(STDIN_FILENO, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { return all }
            all += piece
            guard all.count <= limit else {
                throw CommandFailure("more than \(limit) bytes at once; send them in parts")
            }
        }
    }
}
