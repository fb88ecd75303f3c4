import AgentConfiguration
import ArgumentParser

/// `agent tap [PATTERN …]`
struct TapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap", abstract: "Shows events of a running agent as they come.",
        discussion: """
            Events come as handlers get them: behind sampling, rate limits and redaction, and without secrets in any \
            case. Times are UTC. Where more come than can be shown, the oldest are lost, and a line says how many. \
            Ends with --count, --for or Ctrl-C, and with 1 where the agent goes away. It needs the agent's token.

              agent tap 'net_auto.runner.*' net_auto.quota.rejected
              agent tap --json --for 10s | jq .event
            """)

    @Argument(
        help: ArgumentHelp(
            "Which events: a.name, a.prefix.* or *; all where none is given.",
            valueName: "pattern"))
    var patterns: [String] = []

    @Option(help: ArgumentHelp("Ends after so many events.", valueName: "number"))
    var count: Int?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Ends after so long, such as 10s.", valueName: "duration"))
    var duration: String?

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1.") }
        if let duration, Duration(configurationText: duration) == nil {
            throw ValidationError("--for is a duration such as 10s, not \"\(duration)\".")
        }
    }

    func run() throws {
        try reporting { () throws in
            var connection = try target.client(config: agent.config).open(
                "GET", "/v1/tap?\(query)")
            let head = try connection.head()
            guard head.status == 200 else {
                throw AgentClient.Answer(status: head.status, body: try connection.rest()).failure
            }
            let line = TapLine(palette: Palette(isColoured: Terminal.isColoured))
            var reader = ServerSentEventReader()
            while let bytes = try connection.next() {
                // One write for all that came together: a busy agent sends thousands a second.
                var text = ""
                var isOver = false
                for event in reader.read(bytes) {
                    if event.event == "tapping" { StandardError.write("\(opened)\n") }
                    if event.event == "end" { isOver = true }
                    text += shown(event, line)
                }
                // Who reads has gone: that is how "| head" ends it.
                guard text.isEmpty || StandardOutput.write(text), !isOver else { return }
            }
            throw CommandFailure("the agent ended the tap")
        }
    }

    /// Said where it disturbs no program: a quiet tap looks like one that does not work.
    private var opened: String {
        "tapping \(patterns.isEmpty ? "*" : patterns.joined(separator: " "))"
    }

    private func shown(_ event: ServerSentEvent, _ line: TapLine) -> String {
        guard event.event == "event" || event.event == "lost" else { return "" }
        if output.json {
            return event.event == "event" ? event.data + "\n" : "{\"lost\":\(event.data)}\n"
        }
        guard let json = (try? JSONReader.read(event.data))?.value else { return "" }
        if event.event == "event" { return line.text(json) }
        guard case .integer(let count)? = json["count"] else { return "" }
        return line.lost(count)
    }

    private var query: String {
        let pairs: [(String, String?)] = [
            ("pattern", patterns.isEmpty ? nil : patterns.joined(separator: ",")),
            ("count", count.map(String.init)), ("for", duration),
        ]
        return pairs.compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.encode($0))" }
        }.joined(separator: "&")
    }
}
