import Foundation
import TestSupport
import Testing

/// What a malformed event gets: counted and answered, while the good ones beside it count.
struct MalformedEventTests {
    private static let configuration = AgentConfigurationText(metrics: [
        #"""
        { "name": "jobs_total", "kind": "counter", "help": "Jobs.", "event": "job.done" }
        """#
    ])
    private let agent: RunningAgent

    init() async throws { agent = try await RunningAgent(Self.configuration) }

    private func json(_ response: HTTPResponse) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    /// How many arrived at a source, were applied by our one metric, and were rejected.
    private func expectCounts(
        _ source: String, received: Double, jobs: Double, rejected: Double
    ) async throws {
        let samples = try await agent.samples()
        #expect(samples["agent_events_total{source=\"\(source)\"}"] == received)
        #expect(samples["jobs_total"] ?? 0 == jobs)
        let all = samples.filter {
            $0.key.hasPrefix("agent_events_rejected_total{source=\"\(source)\"")
        }
        #expect(all.values.reduce(0, +) == rejected, "\(all)")
    }

    @Test func `a bad line is answered with line and column, the good ones are applied`()
        async throws
    {
        let body = "job.done count=1i\njob.done count=oops\njob.done count=1i\n"
        let answer = try await agent.client.post("/api/v2/write", body)
        #expect(answer.status == 400)
        let told = try json(answer)
        #expect(told["line"] as? Int == 2)
        #expect(told["column"] as? Int == 16)
        #expect(told["code"] as? String == "invalid")
        #expect(told["received"] as? Int == 3)
        #expect(told["applied"] as? Int == 2)
        #expect(told["rejected"] as? Int == 1)
        #expect((told["message"] as? String)?.contains("line 2") == true, "\(answer.text)")
        try await expectCounts("http", received: 3, jobs: 2, rejected: 1)
    }

    @Test func `bad JSON is answered the same way`() async throws {
        let body = """
            {"event":"job.done"}
            {"event":"job.done","measurements":{"a":}}
            {"event":"job.done"}
            """
        let answer = try await agent.client.post("/v1/events", body)
        #expect(answer.status == 400)
        let told = try json(answer)
        #expect(told["line"] as? Int == 2)
        #expect(told["column"] as? Int == 41)
        #expect(told["applied"] as? Int == 2)
        try await expectCounts("http", received: 3, jobs: 2, rejected: 1)
    }

    @Test(arguments: ["", "{", "[", "[{}]", "null", "7", "\u{FEFF}7", "{\"event\":7}", "\0"])
    func `a body that is no event is answered in a sentence`(body: String) async throws {
        let answer = try await agent.client.post("/v1/events", body)
        #expect(answer.status == (body.isEmpty ? 200 : 400), "\(answer.text)")
        #expect(try await agent.client.get("/health").status == 200)
    }

    @Test func `the connection lives after a bad request`() async throws {
        func request(_ body: String, _ connection: String) -> String {
            "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: \(connection)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let text = String(
            decoding: try await agent.client.exchange(
                Array(
                    (request("{]", "keep-alive") + request(#"{"event":"job.done"}"#, "close")).utf8)
            ), as: UTF8.self)
        let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
        #expect(statuses == ["400", "200"], "\(text)")
        try await expectCounts("http", received: 2, jobs: 1, rejected: 1)
    }

    @Test func `a precision that is none is refused before anything is applied`() async throws {
        let answer = try await agent.client.post(
            "/api/v2/write?precision=weeks", "job.done count=1i\n")
        #expect(answer.status == 400)
        #expect(answer.text.contains("the precision is one of"))
        #expect(try await agent.samples()["jobs_total"] ?? 0 == 0)
    }

    @Test func `bad lines do not end a stream's connection`() async throws {
        let connection = try Connection(unix: agent.streamSocket)
        for line in [
            "job.done count=1i", "job.done count=oops", "{", "\u{1}\u{2}", "job.done count=1i",
        ] {
            try connection.send("\(line)\n")
        }
        try connection.send(String(repeating: "x", count: 100_000) + "\njob.done count=1i\n")
        try await waitUntil("the last line") { try await agent.samples()["jobs_total"] == 3 }
        try await expectCounts("unix_stream", received: 7, jobs: 3, rejected: 4)
    }

    @Test func `what could not be applied is logged with an example`() async throws {
        try Connection(unix: agent.streamSocket).send("job.done count=oops\n")
        try await waitUntil("the line to be counted") {
            try await agent.samples()[#"agent_events_total{source="unix_stream"}"#] == 1
        }
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        let log = try await agent.process.waitForLine(containing: "events were not applied")
        #expect(log.contains("count=1") && log.contains("source=unix_stream"), "\(log)")
    }
}
