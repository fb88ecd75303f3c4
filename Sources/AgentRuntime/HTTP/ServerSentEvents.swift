import HTTPTypes
import HummingbirdCore
import NIOCore
import ServiceLifecycle

/// Answers that go on for as long as the client listens.
///
/// `RequestDeadlines` knows them by their content type and lets them take their time.
enum ServerSentEvents {
    static let contentType = "text/event-stream"
    private static let heartbeat = Duration.seconds(15)

    /// - Parameters:
    ///   - retry: how long a client waits before it comes back after the connection is lost
    ///   - capacity: how many bytes may be on their way before the producer waits
    ///   - farewell: how long the producer may go on once the agent stops, to tell of an end that is near
    ///   - produce: makes the events; the answer ends when it returns. Once the client is gone, or the agent stops,
    ///     sending answers false and the task is canceled.
    static func response(
        to exchange: HTTPExchange, retry: Duration = .seconds(2), heartbeat: Duration = heartbeat,
        capacity: Int = 128 << 10, farewell: Duration = .zero,
        produce: @escaping @Sendable (ServerSentEventStream) async -> Void
    ) -> Response {
        let body = ResponseBody { writer in
            let stream = ServerSentEventStream(capacity: capacity)
            exchange.onConnectionEnd { stream.close() }
            try await withGracefulShutdownHandler {
                var piece = ByteBuffer(string: "retry: \(retry.milliseconds)\n\n")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer {
                        stream.close()
                        group.cancelAll()
                    }
                    group.addTask {
                        await produce(stream)
                        stream.end()
                    }
                    group.addTask {
                        while true {
                            try await Task.sleep(for: heartbeat)
                            stream.beat()
                        }
                    }
                    while true {
                        try await writer.write(piece)
                        guard let next = await stream.next() else { break }
                        piece = next
                    }
                    try await writer.finish(nil)
                }
            } onGracefulShutdown: {
                Task {
                    try? await Task.sleep(for: farewell)
                    stream.close()
                }
            }
        }
        var headers: HTTPFields = [
            .contentType: contentType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        headers.refuseBuffering()
        return Response(status: .ok, headers: headers, body: body)
    }

    /// What a client that comes back has seen last; nil where it begins.
    static func lastEventID(_ exchange: HTTPExchange) -> String? {
        HTTPField.Name("Last-Event-ID").flatMap { exchange.request.headers[$0] }
    }
}

extension HTTPFields {
    /// Has a proxy pass on each piece as it comes; one that packs answers would keep all of it to the end.
    ///
    /// Source: nginx, ngx_http_proxy_module, proxy_buffering
    fileprivate mutating func refuseBuffering() {
        if let name = HTTPField.Name("X-Accel-Buffering") { self[name] = "no" }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds &* 1000 &+ components.attoseconds / 1_000_000_000_000_000
    }
}
