import Glibc
import TestSupport
import Testing

/// What the agent answers while its store takes nothing.
@Suite(.serialized) struct FailingStoreTests {
    private let automated: AutomatedAgent

    init() async throws {
        automated = try await AutomatedAgent(
            AutomatedAgent.devices + #""store": { "busy_timeout": "100ms" },"#)
    }

    private func ask() async throws -> HTTPResponse {
        try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "box", "command": "echo stored"}"#)
    }

    @Test func `a run that cannot be stored is answered with 503, and later ones are taken`()
        async throws
    {
        let before = try await automated.start("echo before")
        _ = try await automated.run(before, until: "ok")
        let neighbour = try await automated.lockStore()

        for _ in 0..<3 {
            let refused = try await ask()
            #expect(refused.status == 503)
            let answer = try automated.object(refused)
            #expect(answer["code"] as? String == "store_failed")
            let message = try #require(answer["message"] as? String)
            #expect(message.contains("locked") && !message.contains("\n"), "\(message)")
        }
        // Nothing was carried out, no place is kept, and what is stored is still answered.
        #expect(try await automated.active() == 0)
        #expect(try await automated.runCount() == 1)
        #expect(try await automated.get("/v1/runs/\(before)")["status"] as? String == "ok")
        #expect(try await automated.agent.client.get("/health").status == 200)

        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        try await waitUntil("the store to take runs") { try await ask().status == 201 }
        #expect(try await automated.runCount() == 2)
    }
}
