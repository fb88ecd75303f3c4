import AgentConfiguration
import Glibc

/// Follows a run to its end, through lost connections.
struct RunFollowing {
    let client: AgentClient
    let id: String
    /// Whether the run's output is written as it was.
    var writesOutput = false
    /// Whether every event is written, as a line of JSON.
    var writesEvents = false

    /// How often in a row it is tried to come back, a second apart.
    private static let attempts = 30

    /// The run as it ended.
    func untilEnd() throws(CommandFailure) -> RunRecord {
        Interruption.tell("\nthe run goes on; \"agent runs cancel \(id)\" ends it\n")
        var reader = ServerSentEventReader()
        var failures = 0
        while true {
            do throws(CommandFailure) {
                let before = reader.lastEventID
                if let run = try follow(&reader) { return run }
                failures = reader.lastEventID == before ? failures + 1 : 1
            } catch {
                failures += 1
                guard failures < Self.attempts, !error.isFinal else { throw error }
            }
            guard failures < Self.attempts else {
                throw CommandFailure("the agent does not tell how run \(id) goes on", exitCode: 125)
            }
            if failures == 1 {
                StandardError.write("the connection to the agent was lost; trying again\n")
            }
            sleep(1)
        }
    }

    /// Follows over one connection; nil where it ended before the run.
    private func follow(
        _ reader: inout ServerSentEventReader
    ) throws(CommandFailure) -> RunRecord? {
        reader.beginAgain()
        let seen = reader.lastEventID.map { [("Last-Event-ID", $0)] } ?? []
        var connection = try client.open(
            "GET", "/v1/runs/\(PercentEncoding.encode(id))/stream", headers: seen)
        let head = try connection.head()
        guard head.status == 200 else {
            let answer = AgentClient.Answer(status: head.status, body: try connection.rest())
            throw CommandFailure(answer.failure.description, exitCode: CommandFailure.final)
        }
        while let bytes = try connection.next() {
            for event in reader.read(bytes) {
                guard let json = (try? JSONReader.read(event.data))?.value else { continue }
                write(event, json)
                let run = RunRecord(json: json)
                if event.event == "status", run.isFinal { return run }
            }
        }
        return nil
    }

    private func write(_ event: ServerSentEvent, _ json: JSONValue) {
        if writesEvents {
            StandardOutput.write(JSONWriter(.compact).write([event.event: json]) + "\n")
        } else if writesOutput, event.event == "chunk" {
            if let text = json["text"]?.string {
                StandardOutput.write(text)
            } else if let bytes = json["base64"]?.string.flatMap(Base64.decode) {
                StandardOutput.write(bytes)
            }
        }
    }
}

extension CommandFailure {
    /// What a command exits with that the agent has refused.
    fileprivate static let final: Int32 = 1

    /// Whether trying again would be of no use.
    fileprivate var isFinal: Bool { description.hasPrefix("the agent answered 4") }
}

/// What is said when a person ends a command that others outlive.
enum Interruption {
    nonisolated(unsafe) private static var message: UnsafeMutablePointer<CChar>?

    /// Only for commands that do one thing: the first call counts.
    static func tell(_ text: String) {
        guard message == nil else { return }
        message = strdup(text)
        signal(SIGINT) { _ in
            if let message = Interruption.message {
                _ = write(STDERR_FILENO, message, strlen(message))
            }
            _exit(130)
        }
    }
}
