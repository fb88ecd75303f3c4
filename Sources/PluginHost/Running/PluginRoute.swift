import CAgentPlugin
import Telemetry

/// A request for a plugin's route, as the HTTP server received it.
package struct PluginRequest: Sendable {
    package var method: String
    package var path: String
    /// Without "?".
    package var query: String
    /// Peer address.
    package var remote: String
    /// All of them, names in lower case.
    package var headers: [(name: String, value: String)]

    package init(
        method: String, path: String, query: String = "", remote: String = "",
        headers: [(name: String, value: String)] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.remote = remote
        self.headers = headers
    }

    /// A header's value; empty where there is none.
    func header(_ name: String) -> String { headers.first { $0.name == name }?.value ?? "" }
}

/// Where a route's answer goes: the HTTP server's side. Called from the thread that handles the request.
package protocol RouteResponder: AnyObject {
    /// Status and headers; once, before any `write`. False when the client is gone.
    func begin(status: Int, headers: [(name: String, value: String)]) -> Bool
    /// A piece of the body, to be copied before it returns. Waits while the client is slow.
    func write(_ bytes: UnsafeRawBufferPointer) -> RouteWriteOutcome
}

/// What became of a piece of a body.
package enum RouteWriteOutcome: Sendable {
    case written
    /// The client is gone.
    case closed
    /// The client did not take it in time.
    case timedOut
}

/// How a request ended, for the server to act on.
package enum RouteOutcome: Hashable, Sendable {
    case completed
    /// Nothing was begun: answer with this status (500, or 503 while the plugin is being stopped).
    case refused(status: Int, reason: String)
    /// The answer had begun: cut the connection.
    case broken(reason: String)
}

/// A path a plugin answers on the agent's HTTP server.
package struct PluginRoute: Sendable {
    /// The instance's name.
    package let plugin: String
    /// Exact: "/metrics".
    package let path: String
    package let methods: [String]
    package let summary: String
    package let wantsSnapshot: Bool
    let index: UInt32
    let endpoint: RouteEndpoint

    /// Answers a request in this thread, which may block in `write`. Any thread, several at once.
    package func handle(_ request: PluginRequest, _ responder: any RouteResponder) -> RouteOutcome {
        endpoint.handle(self, request, responder)
    }
}

/// Reads an instance's routes.
enum RouteReader {
    static let maximumRoutes = 64

    static func read(
        _ table: agent_route_v1, _ call: PluginCall, _ endpoint: RouteEndpoint
    ) throws(PluginRefusal.Reason) -> [PluginRoute] {
        try DeclarationReader.all("routes", limit: maximumRoutes) {
            index throws(PluginRefusal.Reason) in
            var definition = agent_route_def()
            definition.size = UInt32(MemoryLayout<agent_route_def>.size)
            let status = table.describe_route?(call.instance, index, &definition) ?? AGENT_END
            guard try DeclarationReader.isThere(status, "route number \(index)") else { return nil }
            let path = try ABIText.name(
                definition.path, "the path of route number \(index)", limit: 1024)
            let isPath =
                path.hasPrefix("/")
                && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
                && !path.contains { $0 == "?" || $0 == "#" }
            guard isPath else {
                throw .badValue(
                    what: "the path of route number \(index)", found: quoted(path),
                    expected: "an absolute path such as /metrics")
            }
            guard !isTheAgents(path) else {
                throw .badValue(
                    what: "the path of route number \(index)", found: quoted(path),
                    expected: "one that is not the agent's own: not /, /v1/…, /health… or /live…")
            }
            let methods = try ABIText.name(definition.methods, "the methods of route \(path)")
                .split(separator: " ").map(String.init)
            let areMethods = methods.allSatisfy { method in
                method.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            }
            guard areMethods, !methods.isEmpty else {
                throw .badValue(
                    what: "the methods of route \(path)",
                    found: quoted(methods.joined(separator: " ")),
                    expected: "method names separated by spaces, such as GET HEAD")
            }
            return PluginRoute(
                plugin: call.name, path: path, methods: methods,
                summary: try ABIText.read(
                    definition.summary, "the summary of route \(path)", limit: 4096),
                wantsSnapshot: definition.flags & AGENT_ROUTE_SNAPSHOT != 0, index: index,
                endpoint: endpoint)
        }
    }

    /// Whether a path is kept for what the agent answers itself, now or later.
    static func isTheAgents(_ path: String) -> Bool {
        let first = path.dropFirst().prefix { $0 != "/" }
        return ["", "v1", "health", "live"].contains(first)
    }
}
