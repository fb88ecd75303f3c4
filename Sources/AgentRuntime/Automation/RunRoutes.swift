import AgentConfiguration
import Automation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Repo
import Telemetry

/// Runs over HTTP: what reads is open on this machine, what acts needs the token.
struct RunRoutes: Sendable {
    let runtime: AutomationRuntime
    let audit: AuditLog

    private static let bodyLimit = 256 << 10
    private static let timeouts = Duration.milliseconds(100)...Duration.seconds(7 * 86_400)

    var endpoints: [Endpoint] {
        [
            .post("/v1/runs", "Starts a run.", access: .token) { exchange in
                await answering { () throws(RequestFault) in try await start(exchange) }
            },
            .get("/v1/runs", "Runs, the newest first.", access: .guarded) { exchange in
                await answering { () throws(RequestFault) in try await list(exchange) }
            },
            .get("/v1/runs/{id}", "One run.", access: .guarded) { exchange in
                await answering { () throws(RequestFault) in
                    .json(try await run(Self.id(of: exchange)).json)
                }
            },
            .post("/v1/runs/{id}/cancel", "Ends a run.", access: .token) { exchange in
                await answering { () throws(RequestFault) in try await cancel(exchange) }
            },
        ]
    }

    // MARK: What acts

    private func start(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let object = try await Self.object(
            exchange,
            accepting: [
                "device_id", "command", "timeout", "wait", "requested_by", "correlation_id",
            ])
        guard let device = try object.text("device_id") else {
            throw .unacceptable("device_missing", "the key \"device_id\" says on which device")
        }
        let name = try object.text("requested_by", limit: 128)
        var request = RunRequest(
            deviceID: device, command: try Self.command(object), requestedBy: name ?? "api")
        request.timeout = try object.duration("timeout", in: Self.timeouts)
        request.wait = try object.duration("wait", in: .zero...(.seconds(86_400)))
        request.correlationID = try object.text("correlation_id", limit: 128)
        do throws(RunRefusal) {
            let run = try await runtime.executeRun(request)
            audit.record(.started(run, by: .named(name), from: exchange.origin))
            return started(run)
        } catch {
            audit.record(.refused(request, error, by: .named(name), from: exchange.origin))
            throw error.fault
        }
    }

    /// A run that the quota refused is stored, and answered as what it is.
    private func started(_ run: Run) -> Response {
        var response: Response
        if run.status == .error, run.startedAt == nil {
            let isFull = run.reason?.hasPrefix("quota_exceeded") == true
            response = .failure(
                isFull ? .tooManyRequests : .unprocessableContent, run.reason ?? "refused",
                run.message ?? "the run was refused", ["run": run.json])
            if isFull { response.headers[.retryAfter] = "1" }
        } else {
            response = .json(run.json, status: .created)
        }
        response.headers[.location] = "/v1/runs/\(run.id.text)"
        return response
    }

    private func cancel(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let id = try Self.id(of: exchange)
        let object = try await Self.object(exchange, accepting: ["requested_by"])
        let name = try object.text("requested_by", limit: 128)
        let run = try await asking { () throws(RunRefusal) in
            try await runtime.cancelRun(id, requestedBy: name ?? "api")
        }
        audit.record(.canceled(run, by: .named(name), from: exchange.origin))
        return .json(run.json, status: .accepted)
    }

    /// One text, or an array of words.
    private static func command(_ object: RequestObject) throws(RequestFault) -> CommandText {
        switch object["command"]?.content {
        case .string(let text): return .text(text)
        case .array(let nodes):
            var words: [String] = []
            for node in nodes {
                guard case .string(let word) = node.content else {
                    throw object.wrong("command", "a text, or an array of texts")
                }
                words.append(word)
            }
            return .words(words)
        case nil: throw .unacceptable("command_missing", "the key \"command\" says what to run")
        default: throw object.wrong("command", "a text, or an array of texts")
        }
    }

    /// The object in the body; none is an empty one.
    private static func object(
        _ exchange: HTTPExchange, accepting keys: [String]
    ) async throws(RequestFault) -> RequestObject {
        try await RequestObject(of: exchange, limit: bodyLimit, accepting: keys)
    }

    // MARK: What reads

    private func list(_ exchange: HTTPExchange) async throws(RequestFault) -> Response {
        let query = try RequestQuery(
            exchange.query,
            accepting: ["status", "device_id", "site", "since", "before", "limit"])
        let filter = RunFilter(
            status: try query.word("status", of: RunStatus.self), device: query.text("device_id"),
            site: query.text("site"),
            since: try query.moment("since", now: TelemetryClock.machine.system()))
        let before = try query.text("before").map { text throws(RequestFault) in
            guard let id = RunID(text) else {
                throw RequestFault.malformed("the parameter \"before\" is no run's id")
            }
            return id
        }
        let limit = try query.integer("limit", in: 1...1000) ?? 100
        let runs = try await reading { () throws(RepoError) in
            try await runtime.store.runs(filter, before: before, limit: limit + 1)
        }
        let page = runs.prefix(limit)
        return .json([
            "runs": .array(page.map(\.json)),
            "next": .text(runs.count > limit ? page.last?.id.text : nil),
        ])
    }

    private func run(_ id: RunID) async throws(RequestFault) -> Run {
        let run = try await asking { () throws(RunRefusal) in try await runtime.run(id) }
        guard let run else { throw RunRefusal.unknownRun(id.text).fault }
        return run
    }

    static func id(of exchange: HTTPExchange) throws(RequestFault) -> RunID {
        let text = exchange.parameters["id"] ?? ""
        guard let id = RunID(text) else { throw RunRefusal.unknownRun(text).fault }
        return id
    }
}

extension RequestObject {
    /// Reads a request's body; no body is an empty object.
    init(
        of exchange: HTTPExchange, limit: Int, accepting keys: [String]
    ) async throws(RequestFault) {
        switch await RequestBodyReader(limit: limit).read(exchange.request) {
        case .failure(let refusal): throw refusal.fault
        case .success(let body) where body.readableBytes == 0:
            try self.init(ByteBuffer(string: "{}"), accepting: keys)
        case .success(let body): try self.init(body, accepting: keys)
        }
    }
}

/// What the runtime refuses, as an answer says it.
func asking<Value>(
    _ body: () async throws(RunRefusal) -> Value
) async throws(RequestFault) -> Value {
    do throws(RunRefusal) {
        return try await body()
    } catch {
        throw error.fault
    }
}

/// What the store cannot do, as an answer says it.
func reading<Value>(
    _ body: () async throws(RepoError) -> Value
) async throws(RequestFault) -> Value {
    do throws(RepoError) {
        return try await body()
    } catch {
        throw RequestFault(status: .serviceUnavailable, code: "store_failed", message: "\(error)")
    }
}
