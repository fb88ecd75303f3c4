import Foundation
import TestSupport
import Testing

/// Some hundred events with metadata as awkward as JSON allows, and what they come to, computed by
/// `Tests/Support/stream_expected.py`, which shares nothing with the agent.
struct RecordedStreamTests {
    private let fixtures = "\(repositoryRoot)/Tests/Fixtures/stream"

    @Test
    func
        `a recorded stream comes out as the exact exposition, metrics declared in the configuration alone`()
        async throws
    {
        let agent = try await RunningAgent(configurationFile: "\(fixtures)/config.json")
        let events = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/events.jsonl"))
        let answer = try await agent.client.request("POST", "/v1/events", body: Array(events))
        #expect(answer.status == 200, "\(answer.text)")

        let expected = try String(contentsOfFile: "\(fixtures)/expected.txt", encoding: .utf8)
        #expect(try await agent.client.get("/metrics").text == expected)
    }

    @Test func `what is expected is what the independent computation says`() async throws {
        let python = try await ChildProcess.run(
            "python3",
            [
                "\(repositoryRoot)/Tests/Support/stream_expected.py", "\(fixtures)/config.json",
                "\(fixtures)/events.jsonl",
            ])
        #expect(python.exit == .code(0), "\(python.errors)")
        #expect(
            try python.output == String(contentsOfFile: "\(fixtures)/expected.txt", encoding: .utf8)
        )
    }

    @Test func `the strictest judges accept it`() async throws {
        let agent = try await RunningAgent(configurationFile: "\(fixtures)/config.json")
        let events = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/events.jsonl"))
        _ = try await agent.client.request("POST", "/v1/events", body: Array(events))

        let openMetrics = try await agent.client.get(
            "/metrics", headers: ["Accept": "application/openmetrics-text; version=1.0.0"])
        let judged = try await PythonTool.openMetricsCheck.run(input: openMetrics.body)
        #expect(judged.exit == .code(0), "\(judged.errors)")

        let pushed = try await Pushgateway().push(try await agent.client.get("/metrics").body)
        #expect(pushed.status == 200, "\(pushed.text)")
    }
}
