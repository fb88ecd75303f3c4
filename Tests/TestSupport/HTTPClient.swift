/// A small HTTP/1.1 client that shows a test exactly what it sent and got: one connection per
/// request, no redirects, no decompression.
package struct HTTPClient: Sendable {
    package let port: UInt16
    /// Bounds each wait for the server's next bytes.
    package var patience: Duration = .seconds(120)

    /// Talks to a port of the loopback address.
    package init(port: UInt16) { self.port = port }

    package func get(
        _ path: String, headers: KeyValuePairs<String, String> = [:]
    ) async throws -> HTTPResponse {
        try await request("GET", path, headers: headers)
    }

    package func post(
        _ path: String, _ body: String, headers: KeyValuePairs<String, String> = [:]
    ) async throws -> HTTPResponse {
        try await request("POST", path, headers: headers, body: Array(body.utf8))
    }

    /// Sends a request; `Host`, `Connection` and `Content-Length` are added where not given.
    package func request(
        _ method: String,
        _ path: String,
        headers: KeyValuePairs<String, String> = [:],
        body: [UInt8]? = nil
    ) async throws -> HTTPResponse {
        var fields = headers.map { (name: $0.key, value: $0.value) }
        func add(_ name: String, _ value: String) {
            guard !fields.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
                return
            }
            fields.append((name, value))
        }
        add("Host", "127.0.0.1:\(port)")
        add("Connection", "close")
        if let body { add("Content-Length", "\(body.count)") }

        var head = "\(method) \(path) HTTP/1.1\r\n"
        for field in fields { head += "\(field.name): \(field.value)\r\n" }
        let answer = try await exchange(Array("\(head)\r\n".utf8) + (body ?? []))
        return try HTTPResponse(answer, hasBody: method != "HEAD")
    }

    /// Sends bytes as they are, well formed or not, and returns all that comes back until the
    /// server closes the connection.
    package func exchange(_ bytes: [UInt8]) async throws -> [UInt8] {
        let (port, patience) = (port, patience)
        return try await onOwnThread {
            let connection = try Connection(.tcp, port: port, patience: patience)
            try connection.send(bytes)
            return try connection.receiveToEnd()
        }
    }
}
