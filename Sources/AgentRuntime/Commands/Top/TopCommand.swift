import AgentConfiguration
import ArgumentParser
import Glibc

/// `agent top`
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Shows what a running agent is busy with.",
        discussion: """
            Events by rate, metrics by their series and the label that makes most of them, plugins by the time spent in \
            them. "busy" is that time, of one core. On a terminal it is drawn anew each interval until q is pressed; \
            elsewhere each frame is written as text.

              agent top --once
              agent top --json --interval 10s | jq '.events[0]'
            """)

    @Flag(help: "Ends after one frame.")
    var once = false

    @Option(
        help: ArgumentHelp("From one frame to the next, such as 5s.", valueName: "duration"))
    var interval: String = "2s"

    @OptionGroup var target: AgentOptions
    @OptionGroup var output: JSONOption
    @ParentCommand var agent: AgentCommand

    func validate() throws {
        guard Duration(configurationText: interval) != nil else {
            throw ValidationError("--interval is a duration such as 2s, not \"\(interval)\".")
        }
    }

    func run() throws {
        try reporting { () throws in
            let client = try target.client(config: agent.config)
            let frames = TopFrames(
                client: client, interval: interval, count: once ? 1 : nil)
            let isDrawn = !once && !output.json && FullScreen.isPossible
            guard isDrawn else { return try frames.each(write) }
            let screen = FullScreen()
            screen.begin()
            defer { screen.end() }
            try screen.show(frames, of: client.address)
        }
    }

    /// - Returns: whether anybody reads it
    private func write(_ frame: JSONValue) -> Bool {
        if output.json {
            let text = JSONWriter(once ? .pretty : .compact).write(frame)
            return StandardOutput.write(text.hasSuffix("\n") ? text : text + "\n")
        }
        let screen = TopScreen(
            width: Terminal.width ?? 120, height: nil,
            palette: Palette(isColoured: Terminal.isColoured))
        return StandardOutput.write(screen.text(frame) + (once ? "" : "\n"))
    }
}

/// The frames of an agent, as they come.
struct TopFrames {
    let client: AgentClient
    let interval: String
    let count: Int?

    /// Hands each frame to `body` until that answers false.
    ///
    /// - Throws: where the agent cannot be asked, or goes away before the last one
    func each(_ body: (JSONValue) -> Bool) throws(CommandFailure) {
        var query = "interval=\(PercentEncoding.encode(interval))"
        if let count { query += "&count=\(count)" }
        var connection = try client.open("GET", "/v1/top?\(query)")
        let head = try connection.head()
        guard head.status == 200 else {
            throw AgentClient.Answer(status: head.status, body: try connection.rest()).failure
        }
        var reader = ServerSentEventReader()
        while let bytes = try connection.next() {
            for event in reader.read(bytes) {
                if event.event == "end" { return }
                guard event.event == "frame",
                    let frame = (try? JSONReader.read(event.data))?.value
                else { continue }
                guard body(frame) else { return }
            }
        }
        throw CommandFailure("the agent went away")
    }
}
