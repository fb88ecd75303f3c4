import AgentConfiguration
import Synchronization

/// A place in the quota, held for as long as the connection to the agent lives.
struct QuotaHold {
    let client: AgentClient

    /// Asks for a place and waits for the agent's word.
    ///
    /// - Throws: with exit code 75 where there is none, else 125
    func take(_ request: JSONValue) throws(CommandFailure) -> HeldLease {
        do throws(CommandFailure) {
            var connection = try client.open("POST", "/v1/quota/holds", body: request)
            let head = try connection.head()
            guard head.status == 200 else {
                let answer = AgentClient.Answer(status: head.status, body: try connection.rest())
                throw CommandFailure(
                    answer.failure.description, exitCode: answer.status == 429 ? 75 : 125)
            }
            var reader = ServerSentEventReader()
            while let bytes = try connection.next() {
                for event in reader.read(bytes) {
                    let json = (try? JSONReader.read(event.data))?.value ?? .null
                    switch event.event {
                    case "held":
                        return HeldLease(client, json["lease"]?.string ?? "", connection)
                    case "refused":
                        throw CommandFailure(
                            "the agent refused: \(json["message"]?.string ?? "")", exitCode: 75)
                    default: break
                    }
                }
            }
            throw CommandFailure("the agent went away before there was a place")
        } catch {
            throw CommandFailure(
                error.description, exitCode: error.exitCode == 75 ? 75 : 125)
        }
    }
}

/// A place that is held; a thread watches over its connection.
final class HeldLease: Sendable {
    private let client: AgentClient
    private let name: String
    private let connection: Mutex<AgentConnection?>
    private let isOver = Atomic(false)

    fileprivate init(_ client: AgentClient, _ name: String, _ connection: consuming AgentConnection)
    {
        self.client = client
        self.name = name
        self.connection = Mutex(consume connection)
    }

    /// Says so, should the connection end while the place is still needed.
    func watch() {
        _ = BlockingThreads(limit: 1).run { [self] in
            var connection = connection.withLock { $0.take() }
            while (try? connection?.next()) != nil {}
            guard !isOver.load(ordering: .relaxed) else { return }
            StandardError.write(
                "the agent is gone, and with it the place in the quota; the command goes on\n")
        }
    }

    /// Gives the place back; an agent that is gone has it already.
    func giveBack() {
        isOver.store(true, ordering: .relaxed)
        _ = try? client.ask("DELETE", "/v1/quota/holds/\(PercentEncoding.encode(name))")
    }
}
