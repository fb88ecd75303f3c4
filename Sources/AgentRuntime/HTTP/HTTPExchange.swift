import HTTPTypes
import HummingbirdCore
import NIOCore

/// One request with what is known of the connection it came over.
struct HTTPExchange: Sendable {
    let request: Request
    /// Without the query, as it was sent.
    let path: String
    /// Without the question mark.
    let query: String
    /// What stands in the path where its pattern has `{name}`, decoded.
    var parameters: [String: String] = [:]
    private let connection: (any Channel)?
    private let peer: SocketAddress?
    private let local: SocketAddress?
    /// Who sent it; until proxies have been looked for, the other end of the connection.
    private(set) var sender: Forwarding.Sender

    init(_ request: Request, on connection: any Channel) {
        self.init(
            request, peer: connection.remoteAddress, local: connection.localAddress,
            connection: connection)
    }

    init(
        _ request: Request, peer: SocketAddress?, local: SocketAddress?,
        connection: (any Channel)? = nil
    ) {
        self.request = request
        self.connection = connection
        self.peer = peer
        self.local = local
        sender = Forwarding().sender(request.headers, peer: peer?.ipAddress)
        let target = request.head.path ?? "/"
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = String(target[..<mark])
        query = String(target[mark...].dropFirst())
    }

    /// Of the client, or of the nearest proxy that is not trusted to tell of it.
    var peerAddress: String { sender.address }

    /// Believes the proxies that are trusted.
    mutating func look(for proxies: Forwarding) {
        sender = proxies.sender(request.headers, peer: peer?.ipAddress)
    }

    /// The value of a query's parameter, as it was sent.
    func parameter(_ name: String) -> Substring? {
        for pair in query.split(separator: "&") where pair.hasPrefix("\(name)=") {
            return pair.dropFirst(name.utf8.count + 1)
        }
        return nil
    }

    /// Calls `body` once the client is gone, which a long-lived answer may not notice by itself.
    func onConnectionEnd(_ body: @escaping @Sendable () -> Void) {
        connection?.closeFuture.whenComplete { _ in body() }
    }

    var facts: RequestGuard.Facts {
        RequestGuard.Facts(
            isLocal: sender.isLocal, localAddress: local?.ipAddress,
            host: request.head.authority, origin: request.headers[.origin],
            isFromForeignPage: isFromForeignPage, authorization: request.headers[.authorization])
    }

    /// Whether a browser says that a page of another site asks, unless a person follows a link from there.
    ///
    /// Source: W3C Fetch Metadata Request Headers.
    private var isFromForeignPage: Bool {
        guard header("sec-fetch-site") == "cross-site" else { return false }
        return header("sec-fetch-mode") != "navigate" || header("sec-fetch-dest") != "document"
    }

    private func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { request.headers[$0]?.lowercased() }
    }
}
