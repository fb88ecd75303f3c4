import TestSupport
import Testing

/// Plugins' answers to clients that do not read them.
struct SlowScrapeTests {
    private static let poolSize = 8
    private let agent: RunningAgent

    /// With a plugin whose answer is larger than everything between it and the client can hold.
    init() async throws {
        let directory = try TemporaryDirectory()
        try await FixturePlugin.build("route-good", in: directory)
        agent = try await RunningAgent(
            AgentConfigurationText(plugins: [
                #"{ "library": "./route-good.so", "settings": { "number": 268435456 } }"#,
                #"{ "plugin": "Prometheus" }"#,
            ]), in: directory)
    }

    @Test
    func
        `more slow readers than a plugin has threads get a 503, other plugins answer, and those that leave make room`()
        async throws
    {
        var slow: [StandingClient] = []
        for _ in 0..<Self.poolSize {
            slow.append(try await .reading("/fixture/large", port: agent.port))
        }
        let answer = try await agent.client.get("/fixture/large")
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == "1")
        #expect(try await agent.client.get("/metrics").status == 200)
        #expect(try await agent.client.get("/health").status == 200)
        #expect(
            try await agent.client.post("/v1/events", #"{"event":"a.b"}"#).status == 200)

        slow = []
        try await waitUntil("a reader to be answered") {
            try await agent.client.request("HEAD", "/fixture/large").status == 200
        }
    }

    @Test func `a head without its body takes no thread for longer than it takes`() async throws {
        for _ in 0..<Self.poolSize + 1 {
            let head = try await agent.client.request("HEAD", "/fixture/large")
            #expect(head.body.isEmpty && head.status == 200)
            #expect(head["Content-Length"] == "268435456")
        }
        try await waitUntil("a scrape to be answered") {
            try await agent.client.get("/metrics").status == 200
        }
    }

    @Test func `a client that leaves in the middle is nobody's harm`() async throws {
        for _ in 0..<20 {
            _ = try? await StandingClient.reading("/fixture/large", port: agent.port)
        }
        try await waitUntil("a scrape to be answered") {
            try await agent.client.get("/metrics").status == 200
        }
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
    }
}
