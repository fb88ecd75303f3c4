import HTTPTypes
import HummingbirdCore
import Repo
import Telemetry

/// What the page looks at, and what it asks its session for.
struct LiveRoutes: Sendable {
    /// What a session may be asked for.
    static let events = ["older", "run", "pause", "resume"]
    private static let bodyLimit = 4 << 10
    /// A page that takes nothing holds up no more than this.
    private static let capacity = 64 << 10

    let feed: LiveFeed
    let sessions: LiveSessions
    let sources: LiveSources
    let sessionEvents: LiveSessionEvents

    var endpoints: [Endpoint] {
        [
            .stream("/v1/live", "What the page shows as it changes, as server-sent events.") {
                exchange in
                ServerSentEvents.response(to: exchange, capacity: Self.capacity) { stream in
                    let session = LiveSession(
                        feed: feed, sessions: sessions, hub: sources.hub, events: sessionEvents,
                        clock: sources.bus.clock)
                    await session.run(on: stream)
                }
            },
            .post("/v1/live/{session}/params", "Which runs a session is to show.") { exchange in
                await answering { () throws(RequestFault) in try await show(exchange) }
            },
            .post("/v1/live/{session}/events", "What a person did on a session's page.") {
                exchange in
                await answering { () throws(RequestFault) in try await handle(exchange) }
            },
        ]
    }

    private func session(of exchange: HTTPExchange) throws(RequestFault) -> LiveSession {
        guard let session = sessions[exchange.parameters["session"] ?? ""] else {
            throw RequestFault(
                status: .notFound, code: "unknown_session", message: "there is no such session")
        }
        return session
    }

    private func show(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let session = try session(of: exchange)
        let object = try await RequestObject(
            of: exchange, limit: Self.bodyLimit, accepting: ["site", "status"])
        try await session.show(try Self.query(object), as: .handleParams, "runs")
        return Response(status: .noContent)
    }

    private func handle(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let session = try session(of: exchange)
        let object = try await RequestObject(
            of: exchange, limit: Self.bodyLimit,
            accepting: ["event", "site", "status", "before", "id"])
        switch try object.text("event", limit: 64) ?? "" {
        case "older":
            try await session.show(try Self.query(object), as: .handleEvent, "older")
        case "run": try await session.show(run: try Self.runID(object))
        case "pause": await session.pause()
        case "resume": await session.resume()
        case let other: throw await session.refuse(other)
        }
        return Response(status: .noContent)
    }

    private static func runID(_ object: RequestObject) throws(RequestFault) -> RunID {
        guard let id = RunID(try object.text("id", limit: 64) ?? "") else {
            throw object.wrong("id", "a run's id")
        }
        return id
    }

    private static func query(_ object: RequestObject) throws(RequestFault) -> RunPage.Query {
        let before = try object.text("before", limit: 64).map { text throws(RequestFault) in
            guard let id = RunID(text) else { throw object.wrong("before", "a run's id") }
            return id
        }
        return RunPage.Query(
            filter: RunFilter(
                status: try object.word("status", of: RunStatus.self),
                site: try object.text("site", limit: 128)),
            before: before)
    }
}
