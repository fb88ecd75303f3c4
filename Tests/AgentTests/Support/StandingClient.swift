import TestSupport

/// A client that asks for something and then takes its time with the answer.
final class StandingClient: Sendable {
    private let connection: Connection

    /// Sends a request, or half of one.
    init(port: UInt16, sending request: String) throws {
        connection = try Connection(.tcp, port: port)
        try connection.send(request)
    }

    /// Asks for a path; returns once the answer has begun, the rest of it not being read.
    static func reading(_ path: String, port: UInt16) async throws -> StandingClient {
        let client = try StandingClient(
            port: port, sending: "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await onOwnThread { try client.connection.receive(atMost: 16) }
        return client
    }
}
