import HTTPTypes
import HummingbirdCore

/// A path of the HTTP server and what answers there.
struct Endpoint: Sendable {
    /// Who may ask for it.
    enum Access: Sendable {
        /// Whoever reaches the address.
        case open
        /// Whoever reaches the address, under a name that no stranger can give it.
        case named
        /// Under a name of this agent: from this machine anyone, from others with the token.
        case guarded
        /// Under a name of this agent, with the token, wherever from.
        case token
    }

    let pattern: PathPattern
    let methods: [HTTPRequest.Method]
    let summary: String
    let access: Access
    let respond: @Sendable (HTTPExchange) async -> Response

    /// - Parameter path: `{name}` in it stands for any one segment
    init(
        _ path: String, _ methods: [HTTPRequest.Method], _ summary: String, access: Access,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) {
        pattern = PathPattern(path)
        self.methods = methods
        self.summary = summary
        self.access = access
        self.respond = respond
    }

    var path: String { pattern.text }

    /// Something to look at.
    static func get(
        _ path: String, _ summary: String, access: Access = .named,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) -> Endpoint {
        Endpoint(path, [.get, .head], summary, access: access, respond: respond)
    }

    /// Something to look at as it changes, as server-sent events. No HEAD: an answer without an end has no length to
    /// tell, and would end in an empty chunk, which a client takes for the beginning of its next answer.
    static func stream(
        _ path: String, _ summary: String, access: Access = .guarded,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) -> Endpoint {
        Endpoint(path, [.get], summary, access: access, respond: respond)
    }

    /// Something that changes something, or brings events.
    static func post(
        _ path: String, _ summary: String, access: Access = .guarded,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) -> Endpoint {
        Endpoint(path, [.post], summary, access: access, respond: respond)
    }

    /// Something that is replaced.
    static func put(
        _ path: String, _ summary: String, access: Access = .token,
        respond: @escaping @Sendable (HTTPExchange) async -> Response
    ) -> Endpoint {
        Endpoint(path, [.put], summary, access: access, respond: respond)
    }
}
