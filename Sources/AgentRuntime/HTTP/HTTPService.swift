import AgentConfiguration
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The agent's HTTP server.
struct HTTPService: Service {
    let listen: ListenAddress
    let maxConnections: Int
    let router: HTTPRouter
    let logger: Logger
    /// Called with the port once requests are answered.
    let onListening: @Sendable (Int) async -> Void

    func run() async throws {
        // The server library tells of its own life at levels that are of no use to people.
        var quiet = logger
        quiet.logLevel = .error
        let channel = HTTP1Channel(
            responder: respond,
            configuration: .init(
                additionalChannelHandlers: [SilentProxyMark.Placing(), RequestDeadlines()],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10,
                    maxHeaderFieldCount: 100)))
        let server = channel.server(
            configuration: ServerConfiguration(
                address: .hostname(
                    listen.host.isEmpty ? "0.0.0.0" : listen.host, port: Int(listen.port)),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    maxConnections, logger: quiet)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            group.addTask {
                // A client that neither asks nor takes its answer must not keep the agent from ending.
                try? await gracefulShutdown()
                try? await Task.sleep(for: Self.patience)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// How long requests may go on when the agent stops.
    private static let patience = Duration.seconds(5)

    @concurrent
    private func respond(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        var response = await router.respond(to: HTTPExchange(request, on: channel))
        if request.method == .head { response = response.withoutBody }
        response.headers[.date] = HTTPDate.text(of: time(nil))
        try await writer.write(response: response.head, body: response.body)
    }
}
