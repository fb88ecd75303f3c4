import Foundation
import TestSupport
import Testing

/// The HTTP server between clients that do it wrong.
struct HTTPFaultTests {
    private static let configuration = AgentConfigurationText(
        intake: #""limits": { "body_bytes": "1KiB" }"#,
        metrics: [
            #"""
            { "name": "jobs_total", "kind": "counter", "help": "Jobs.", "event": "job.done",
              "labels": ["site"] }
            """#
        ])
    private let agent: RunningAgent

    init() async throws { agent = try await RunningAgent(Self.configuration) }

    private func json(_ response: HTTPResponse) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    // MARK: Where

    @Test(arguments: [
        ("/metrcs", "/metrics"), ("/v1/event", "/v1/events"), ("/heath", "/health"),
        ("/api/v2/wite", "/api/v2/write"),
    ])
    func `an unknown path is answered with the one that was probably meant`(
        path: String, nearest: String
    ) async throws {
        let answer = try await agent.client.get(path)
        #expect(answer.status == 404)
        #expect(try json(answer)["nearest"] as? String == nearest)
        #expect(answer.text.contains("did you mean"))
    }

    @Test(arguments: ["/nothing/like/it/at/all", "*", "//", "/../../etc/passwd", "/%00"])
    func `a path like none of them is answered without a guess`(path: String) async throws {
        let answer = try await agent.client.get(path)
        #expect(answer.status == 404)
        #expect(try json(answer)["code"] as? String == "not_found")
    }

    @Test(arguments: [
        ("POST", "/metrics", "GET, HEAD"), ("DELETE", "/health", "GET, HEAD"),
        ("GET", "/v1/events", "POST"), ("PUT", "/api/v2/write", "POST"),
        ("PATCH", "/", "GET, HEAD"), ("HEAD", "/v1/live", "GET"), ("HEAD", "/v1/top", "GET"),
    ])
    func `a method that a path does not take is answered with those it does`(
        method: String, path: String, allowed: String
    ) async throws {
        let answer = try await agent.client.request(method, path, body: [])
        #expect(answer.status == 405)
        #expect(answer["Allow"] == allowed)
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        for path in ["/", "/health", "/metrics", "/v1/metrics"] {
            let head = try await agent.client.request("HEAD", path)
            let get = try await agent.client.get(path)
            #expect(head.status == get.status && head.body.isEmpty)
            #expect(head["Content-Type"] == get["Content-Type"])
            // What is counted grows from one to the other.
            let length = try #require(head["Content-Length"].flatMap { Int($0) })
            #expect(length > get.body.count / 2, "\(path): \(length), \(get.body.count)")
            #expect(head["Transfer-Encoding"] == nil)
        }
    }

    // MARK: Who

    @Test(arguments: [
        ["Host": "evil.example"], ["Host": "evil.example", "Origin": "http://evil.example"],
        ["Origin": "http://evil.example"], ["Origin": "null"],
    ])
    func `no web page a person visits can send events`(headers: [String: String]) async throws {
        var request = "POST /v1/events HTTP/1.1\r\nConnection: close\r\nContent-Length: 27\r\n"
        for (name, value) in ["Host": "localhost"].merging(headers, uniquingKeysWith: { $1 }) {
            request += "\(name): \(value)\r\n"
        }
        let event = #"{"event":"job.done","a":{ } }"#.prefix(27)
        let answer = try HTTPResponse(
            try await agent.client.exchange(Array("\(request)\r\n\(event)".utf8)))
        #expect(answer.status == 403)
        #expect(try await agent.samples().keys.allSatisfy { !$0.hasPrefix("jobs_total") })
        let read = try await agent.client.get("/metrics", headers: ["Host": "evil.example"])
        #expect(read.status == 403)
    }

    @Test(arguments: ["localhost", "127.0.0.1:9568", "[::1]"])
    func `from this machine, under a name of this machine, events need no token`(host: String)
        async throws
    {
        let answer = try await agent.client.post(
            "/v1/events", #"{"event":"job.done","metadata":{"site":"a"}}"#,
            headers: [
                "Host": host, "Origin": "http://\(host)", "Authorization": "Bearer whatever",
            ])
        #expect(answer.status == 200, "\(answer.text)")
    }

    // MARK: How much

    @Test func `a body that is too large is refused, announced or not`() async throws {
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 4096)
        let announced = try await agent.client.request("POST", "/v1/events", body: body)
        #expect(announced.status == 413)
        #expect(announced.text.contains("1024 bytes"))
        let chunked =
            "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n1000\r\n"
        let end = Array("\r\n0\r\n\r\n".utf8)
        let answer = try HTTPResponse(
            try await agent.client.exchange(Array(chunked.utf8) + body + end))
        #expect(answer.status == 413)
        #expect(try await agent.client.get("/health").status == 200)
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n",
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\n",
    ])
    func `what is no HTTP ends its connection and nothing else`(request: String) async throws {
        let port = agent.port
        let answer = try await onOwnThread {
            let connection = try Connection(.tcp, port: port)
            try connection.send(request)
            try connection.endSending()
            return try connection.receiveToEnd()
        }
        #expect(!String(decoding: answer, as: UTF8.self).contains(" 200 "))
        #expect(try await agent.client.get("/health").status == 200)
    }

    @Test func `a head that is too large ends its connection`() async throws {
        let padding = String(repeating: "x", count: 40_000)
        let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nX: \(padding)\r\n\r\n"
        // That the server does not read it all may end the connection before the answer is here.
        let answer = try? await agent.client.exchange(Array(request.utf8))
        #expect(!String(decoding: answer ?? [], as: UTF8.self).contains(" 200 "))
        #expect(try await agent.client.get("/health").status == 200)
    }

    @Test func `clients that send their requests byte by byte hold up nobody else`() async throws {
        let slow = try (0..<100).map { number in
            try StandingClient(
                port: agent.port,
                sending: number % 2 == 0
                    ? "GET /metrics HTTP/1.1\r\nHost: loc"
                    : "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        }
        for _ in 0..<20 { #expect(try await agent.client.get("/metrics").status == 200) }
        withExtendedLifetime(slow) {}
    }
}
