import CAgentPlugin

/// A request to a route. It and all its views are valid until the handler returns.
public struct Request {
    private let raw: UnsafePointer<agent_request>

    /// Present where the route asked for one.
    public let snapshot: Snapshot?

    init(_ raw: UnsafePointer<agent_request>, snapshot: Snapshot?) {
        self.raw = raw
        self.snapshot = snapshot
    }

    /// Which of ``RoutePlugin/routes`` matched.
    public var route: Int { Int(raw.pointee.route) }
    public var method: TextView { TextView(raw.pointee.method) }
    public var path: TextView { TextView(raw.pointee.path) }
    public var query: TextView { TextView(raw.pointee.query) }
    public var accept: TextView { TextView(raw.pointee.accept) }
    public var acceptEncoding: TextView { TextView(raw.pointee.accept_encoding) }
    public var remote: TextView { TextView(raw.pointee.remote) }

    /// The first header of this name, which is written in lower case.
    public func header(_ name: StaticString) -> TextView? {
        UnsafeBufferPointer(start: raw.pointee.headers, count: Int(raw.pointee.headers_count))
            .first { TextView($0.name) == name }.map { TextView($0.value) }
    }
}

/// Where the answer goes: ``begin(_:_:)`` once, then ``write(_:)`` as often as wanted. Valid until the handler
/// returns.
public struct Response {
    private let raw: UnsafePointer<agent_response>

    init(_ raw: UnsafePointer<agent_response>) {
        self.raw = raw
    }

    /// Sends status and headers; the host does the framing.
    public func begin(_ status: UInt32, _ headers: KeyValuePairs<StaticString, String> = [:]) throws
    {
        try StaticMemory.lending { memory in
            let pairs = headers.map { memory.pair($0.key.description, $0.value) }
            try check(raw.pointee.begin(raw, status, pairs, UInt32(pairs.count)))
        }
    }

    /// Sends bytes of the body, best in pieces of 16 to 64 KiB; waits while the client is slow. Throws when the
    /// client is gone: stop then.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try check(raw.pointee.write(raw, bytes.baseAddress, UInt64(bytes.count)))
    }

    private func check(_ status: agent_status) throws {
        guard status < 0 else { return }
        throw PluginError("the answer was not taken (status \(status))", status: status)
    }
}
