import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import NIOCore
import PluginHost
import Synchronization
import Telemetry

/// The paths that plugins answer, as endpoints.
///
/// A plugin writes its answer in a thread of its own, which waits while the client is slow. Each instance has
/// as many threads, made when they are needed; more requests at once get a 503. So one that hangs keeps its own
/// routes busy and nobody else's.
struct PluginRoutes: Sendable {
    struct Limits: Sendable {
        /// Requests of one instance that are answered at once.
        var concurrent = 8
        /// How long one answer may take, to its last byte, in nanoseconds.
        var answer: Int64 = 60_000_000_000
    }

    private let threads: ThreadsByPlugin
    private let limits: Limits
    /// Told of the last scrape.
    private let gate: DrainGate
    /// What clients are told of a plugin's failure passes through this.
    private let redact: @Sendable (String) -> String

    init(
        limits: Limits = Limits(), gate: DrainGate,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.limits = limits
        self.gate = gate
        self.redact = redact
        threads = ThreadsByPlugin(limit: limits.concurrent)
    }

    /// The routes as endpoints. What does not only read is checked like everything that acts.
    func endpoints(_ routes: [PluginRoute]) -> [Endpoint] {
        routes.map { route in
            let methods = route.methods.compactMap { HTTPRequest.Method($0) }
            let isReading = methods.allSatisfy { $0 == .get || $0 == .head }
            return Endpoint(
                route.path, methods, route.summary, access: isReading ? .named : .guarded
            ) { exchange in
                await answer(exchange, route)
            }
        }
    }

    private func answer(_ exchange: HTTPExchange, _ route: PluginRoute) async -> Response {
        let pipe = ResponsePipe(
            deadline: TelemetryClock.machine.monotonic() &+ limits.answer)
        let request = PluginRequest(exchange)
        let isLastScrape = gate.isDraining && route.wantsSnapshot
        let isRunning = threads.of(route.plugin).run {
            switch route.handle(request, PipeResponder(pipe)) {
            case .completed: pipe.finish(.complete)
            case .refused(let status, let reason):
                pipe.finish(.refused(status: status, reason: reason))
            case .broken: pipe.finish(.broken)
            }
        }
        guard isRunning else {
            var response = Response.failure(
                .serviceUnavailable, "busy",
                "plugin \(route.plugin) is answering \(limits.concurrent) requests already; try again"
            )
            response.headers[.retryAfter] = "1"
            return response
        }
        switch await pipe.next() {
        // An answer that must not have a body is known in full before it is sent.
        case .head(let head) where head.status == 204 || head.status == 304:
            var response = await measured(head, pipe)
            response.headers[.contentLength] = nil
            return response
        case .head(let head) where exchange.request.method == .head:
            return await measured(head, pipe)
        case .head(let head):
            return streamed(head, pipe) {
                if isLastScrape { gate.lastScrapeAnswered() }
            }
        case .end(.refused(let status, let reason)):
            return .failure(HTTPResponse.Status(code: status), "plugin_failed", redact(reason))
        case .bytes, .end:
            return .failure(.internalServerError, "plugin_failed", "the plugin gave no answer")
        }
    }

    /// The answer to HEAD: its length is told, because an answer that does not know its length would end
    /// in an empty chunk, which a client takes for the beginning of its next answer.
    private func measured(_ head: ResponsePipe.Head, _ pipe: ResponsePipe) async -> Response {
        var length = 0
        while true {
            switch await pipe.next() {
            case .head: break
            case .bytes(let bytes): length += bytes.readableBytes
            case .end(.complete):
                var response = Response(
                    status: HTTPResponse.Status(code: head.status), headers: fields(of: head))
                response.headers[.contentLength] = "\(length)"
                return response
            case .end:
                return .failure(.internalServerError, "plugin_failed", "the answer was cut short")
            }
        }
    }

    private func fields(of head: ResponsePipe.Head) -> HTTPFields {
        var fields = HTTPFields()
        for header in head.headers {
            // How the message is framed and when the connection ends is the server's business.
            guard let name = HTTPField.Name(header.name),
                name != .transferEncoding, name != .connection
            else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        return fields
    }

    private func streamed(
        _ head: ResponsePipe.Head, _ pipe: ResponsePipe,
        onAnswered: @escaping @Sendable () -> Void
    ) -> Response {
        var fields = fields(of: head)
        let reader = PipeReader(pipe)
        let announced = fields[.contentLength].flatMap { Int($0) }
        if announced == nil { fields[.contentLength] = nil }
        let body = ResponseBody(contentLength: announced) { writer in
            defer { reader.close() }
            var sent = 0
            while true {
                switch await reader.next() {
                case .head: break
                case .bytes(let bytes):
                    sent += bytes.readableBytes
                    try await writer.write(bytes)
                case .end(.complete) where announced == nil || announced == sent:
                    try await writer.finish(nil)
                    onAnswered()
                    return
                case .end: throw AnswerCutShort()
                }
            }
        }
        return Response(
            status: HTTPResponse.Status(code: head.status), headers: fields, body: body)
    }
}

/// The threads of each instance, which go with its name.
private final class ThreadsByPlugin: Sendable {
    private let limit: Int
    private let pools = Mutex<[String: BlockingThreads]>([:])

    init(limit: Int) { self.limit = limit }

    func of(_ plugin: String) -> BlockingThreads {
        pools.withLock { pools in
            if let known = pools[plugin] { return known }
            let new = BlockingThreads(limit: limit)
            pools[plugin] = new
            return new
        }
    }
}

/// The sending end of an answer. An answer that is let go of unsent (the client is gone) closes the pipe, so that the plugin does not wait for its reader until the deadline.
private final class PipeReader: Sendable {
    private let pipe: ResponsePipe

    init(_ pipe: ResponsePipe) { self.pipe = pipe }

    deinit { pipe.close() }

    func next() async -> ResponsePipe.Piece { await pipe.next() }

    func close() { pipe.close() }
}

/// Ends the connection, so that the client does not take half an answer for a whole one.
private struct AnswerCutShort: Error {}

/// Hands a plugin's answer to the pipe.
private final class PipeResponder: RouteResponder {
    private let pipe: ResponsePipe

    init(_ pipe: ResponsePipe) { self.pipe = pipe }

    func begin(status: Int, headers: [(name: String, value: String)]) -> Bool {
        pipe.begin(
            ResponsePipe.Head(
                status: status,
                headers: headers.map { ResponsePipe.Head.Header(name: $0.name, value: $0.value) }))
            == .written
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> RouteWriteOutcome {
        switch pipe.write(bytes) {
        case .written: .written
        case .closed, .misplaced: .closed
        case .timedOut: .timedOut
        }
    }
}

extension PluginRequest {
    init(_ exchange: HTTPExchange) {
        self.init(
            method: exchange.request.method.rawValue, path: exchange.path, query: exchange.query,
            remote: exchange.peerAddress,
            headers: exchange.request.headers.map { ($0.name.canonicalName, $0.value) })
    }
}
