import HTTPTypes
import HummingbirdCore

/// A path of the HTTP server and what answers there.
struct Endpoint: Sendable {
    let path: String
    let methods: [HTTPRequest.Method]
    let summary: String
    /// Whether it changes something or brings events: then the request is checked first.
    let acts: Bool
    let respond: @Sendable (HTTPExchange) async -> Response

    /// Something to look at.
    static func get(
        _ path: String, _ summary: String,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) -> Endpoint {
        Endpoint(
            path: path, methods: [.get, .head], summary: summary, acts: false, respond: respond)
    }

    /// Something that acts.
    static func post(
        _ path: String, _ summary: String,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) -> Endpoint {
        Endpoint(path: path, methods: [.post], summary: summary, acts: true, respond: respond)
    }
}
