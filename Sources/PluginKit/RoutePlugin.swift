import CAgentPlugin

/// A plugin that answers requests on the agent's HTTP server.
public protocol RoutePlugin: Plugin {
    var routes: [Route] { get }

    /// Answers a request, in a thread where blocking is fine; several may be answered at once. An error thrown
    /// before ``Response/begin(_:_:)`` becomes a 500, after it the connection is cut. [any]
    func handle(_ request: Request, _ response: Response) throws
}

/// A path of an instance.
public struct Route: Sendable {
    private let path: String
    private let methods: String
    private let summary: String
    private let wantsSnapshot: Bool

    /// - Parameters:
    ///   - path: exact: "/metrics"
    ///   - methods: separated by spaces; HEAD is answered as GET is, and the host leaves the body out
    ///   - snapshot: whether requests bring one
    public init(
        _ path: String, methods: String = "GET HEAD", summary: String, snapshot: Bool = false
    ) {
        self.path = path
        self.methods = methods
        self.summary = summary
        wantsSnapshot = snapshot
    }

    func inMemory(_ memory: StaticMemory) -> agent_route_def {
        agent_route_def(
            size: UInt32(MemoryLayout<agent_route_def>.size),
            flags: wantsSnapshot ? AGENT_ROUTE_SNAPSHOT : 0,
            path: memory.text(path), methods: memory.text(methods), summary: memory.text(summary))
    }
}

extension RoutePlugin {
    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_route_v1(
                    size: UInt32(MemoryLayout<agent_route_v1>.size), reserved: 0,
                    describe_route: { instance, index, out in
                        answering(nil) { describe(try Instance.at(instance).routes, index, out) }
                    },
                    handle: { instance, request, snapshot, response, error in
                        answering(error) {
                            let instance = try Instance.at(instance)
                            guard let request, let response else { return AGENT_INVALID }
                            try instance.route?.handle(
                                Request(
                                    request,
                                    snapshot: snapshot.map { try instance.host.snapshot($0) }),
                                Response(response))
                            return AGENT_OK
                        }
                    })))
    }
}
