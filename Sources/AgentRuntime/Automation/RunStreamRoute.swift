import AgentConfiguration
import Automation
import HTTPTypes
import HummingbirdCore
import Redaction
import Repo

/// A run's output as it comes, then its end.
///
/// Events: `chunk`, with the chunk's number as its id, and `status` for each change of the run. A client that comes back
/// goes on behind the chunk it had last. The final status has the id `end`: who comes back with that is told that there is
/// nothing more. With `redacted=true` the output comes without its secrets, line by line.
struct RunStreamRoute: Sendable {
    let runtime: AutomationRuntime
    let redactor: CurrentRedactor

    private static let endID = "end"

    var endpoint: Endpoint {
        .stream("/v1/runs/{id}/stream", "A run's output as it comes, as server-sent events.") {
            exchange in
            await answering { () throws(RequestFault) in try await respond(exchange) }
        }
    }

    private func respond(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let id = try RunRoutes.id(of: exchange)
        let query = try RequestQuery(exchange.query, accepting: ["after", "redacted"])
        let last = try Self.last(exchange, query)
        let isRedacted = try query.word("redacted", of: Answer.self) == .true
        let run = try await asking { () throws(RunRefusal) in try await runtime.run(id) }
        guard run != nil else { throw RunRefusal.unknownRun(id.text).fault }
        guard let last else { return Response(status: .noContent) }
        // All runs have ended when the answers are to end, so whoever follows one is told in a moment.
        return ServerSentEvents.response(to: exchange, farewell: .seconds(5)) { stream in
            if isRedacted {
                await sendRedacted(id, after: last, to: stream)
            } else {
                await send(runtime.follow(id, after: last), to: stream)
            }
        }
    }

    private enum Answer: String, CaseIterable {
        case `true`
        case `false`
    }

    /// The last chunk that the client has; nil where it has the end.
    private static func last(
        _ exchange: HTTPExchange, _ query: RequestQuery
    ) throws(RequestFault) -> Int64? {
        guard let text = ServerSentEvents.lastEventID(exchange) ?? query.text("after") else {
            return 0
        }
        if text == endID { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw .malformed("\"\(text)\" is no chunk's number to go on after")
        }
        return number
    }

    private func send(_ follower: RunFollower, to stream: ServerSentEventStream) async {
        var items = follower.makeAsyncIterator()
        // A store that fails ends the answer; the client comes back.
        while let item = try? await items.next() {
            switch item {
            case .chunks(let chunks):
                for chunk in chunks {
                    guard await stream.send(chunk.event) else { return }
                }
            case .status(let run):
                guard await stream.send(Self.event(of: run)) else { return }
            }
        }
    }

    private static func event(of run: Run) -> ServerSentEvent {
        ServerSentEvent(
            "status", id: run.status.isFinal ? endID : nil,
            data: JSONWriter(.compact).write(run.json))
    }

    /// The same without secrets. What a line hides depends on all before it: so all is read, and what the client has is
    /// not sent.
    private func sendRedacted(
        _ id: RunID, after last: Int64, to stream: ServerSentEventStream
    ) async {
        var cleaner = StreamRedactor(redactor.value)
        var items = runtime.follow(id).makeAsyncIterator()
        var newest = RunChunk(runID: id, seq: 0, at: 0, bytes: [])
        while let item = try? await items.next() {
            switch item {
            case .chunks(let chunks):
                for chunk in chunks {
                    newest = chunk
                    let clean = cleaner.take(chunk.bytes[...])
                    guard chunk.seq > last, !clean.isEmpty else { continue }
                    let piece = RunChunk(runID: id, seq: chunk.seq, at: chunk.at, bytes: clean)
                    guard await stream.send(piece.event) else { return }
                }
            case .status(let run):
                // What was held back to the end has a number of its own: who comes back either has it or not.
                if run.status.isFinal, last <= newest.seq, case let rest = cleaner.finish(),
                    !rest.isEmpty
                {
                    let piece = RunChunk(runID: id, seq: newest.seq + 1, at: newest.at, bytes: rest)
                    guard await stream.send(piece.event) else { return }
                }
                guard await stream.send(Self.event(of: run)) else { return }
            }
        }
    }
}

extension RunChunk {
    /// `text` where it is UTF-8, else `base64`.
    fileprivate var event: ServerSentEvent {
        var data: JSONObject = ["seq": .integer(seq), "at": .moment(at)]
        if let text = String(validating: bytes, as: UTF8.self) {
            data["text"] = .string(text)
        } else {
            data["base64"] = .string(Base64.encode(bytes))
        }
        return ServerSentEvent(
            "chunk", id: "\(seq)", data: JSONWriter(.compact).write(.object(data)))
    }
}
