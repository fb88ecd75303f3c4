import AgentConfiguration
import HTTPTypes
import HummingbirdCore

/// Finds what answers a request, and checks whether the request may have it.
struct HTTPRouter: Sendable {
    private let endpoints: @Sendable () -> [Endpoint]
    private let requestGuard: RequestGuard
    private let forwarding: Forwarding
    private let onRefusal: @Sendable (HTTPExchange, Endpoint, RequestGuard.Refusal) -> Void

    /// - Parameter endpoints: asked anew for each request, because plugins come and go.
    /// - Parameter onRefusal: told of each request that may not have what it asked for.
    init(
        requestGuard: RequestGuard, forwarding: Forwarding = Forwarding(),
        endpoints: @escaping @Sendable () -> [Endpoint],
        onRefusal: @escaping @Sendable (HTTPExchange, Endpoint, RequestGuard.Refusal) -> Void = {
            _, _, _ in
        }
    ) {
        self.requestGuard = requestGuard
        self.forwarding = forwarding
        self.endpoints = endpoints
        self.onRefusal = onRefusal
    }

    func respond(to exchange: HTTPExchange) async -> Response {
        var exchange = exchange
        exchange.look(for: forwarding)
        let endpoints = endpoints()
        let method = exchange.request.method
        let here = endpoints.compactMap { endpoint in
            endpoint.pattern.match(exchange.path).map { (endpoint: endpoint, parameters: $0) }
        }
        guard !here.isEmpty else { return notFound(exchange.path, endpoints.map(\.path)) }
        guard let found = here.first(where: { $0.endpoint.methods.contains(method) }) else {
            return notAllowed(method, here.flatMap(\.endpoint.methods))
        }
        if let refusal = requestGuard.refusal(of: exchange.facts, to: found.endpoint.access) {
            onRefusal(exchange, found.endpoint, refusal)
            return refused(refusal)
        }
        exchange.parameters = found.parameters
        return await found.endpoint.respond(exchange)
    }

    private func notFound(_ path: String, _ paths: [String]) -> Response {
        var more: JSONObject = [:]
        var message = "there is nothing at this path; \"/\" lists what there is"
        if let nearest = paths.nearest(to: path) {
            more["nearest"] = .string(nearest)
            message = "there is nothing at this path; did you mean \"\(nearest)\"?"
        }
        return .failure(.notFound, "not_found", message, more)
    }

    private func notAllowed(
        _ method: HTTPRequest.Method, _ allowed: [HTTPRequest.Method]
    ) -> Response {
        let allowed = allowed.map(\.rawValue).joined(separator: ", ")
        var response = Response.failure(
            .methodNotAllowed, "method_not_allowed", "this path accepts \(allowed)")
        response.headers[.allow] = allowed
        return response
    }

    private func refused(_ refusal: RequestGuard.Refusal) -> Response {
        guard refusal.isAboutCredentials else {
            return .failure(.forbidden, "forbidden", refusal.description)
        }
        var response = Response.failure(.unauthorized, "unauthorized", refusal.description)
        response.headers[.wwwAuthenticate] = "Bearer"
        return response
    }
}
