import Foundation
import TestSupport
import Testing

/// The running agent, as those see it who keep it running.
struct HealthTests {
    private func json(_ response: HTTPResponse) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    private func component(_ name: String, of agent: RunningAgent) async throws -> [String: Any] {
        let report = try json(try await agent.client.get("/health/detailed"))
        let components = try #require(report["components"] as? [[String: Any]])
        return try #require(components.first { $0["name"] as? String == name }, "\(components)")
    }

    private static func automation(_ disk: String) -> AgentConfigurationText {
        var text = AgentConfigurationText(plugins: [
            #"{ "plugin": "Prometheus" }"#, #"{ "library": "./nothing.so", "name": "gone" }"#,
        ])
        text.top = #"""
            "store": { "path": "agent.db" },
            "health": {
              "interval": "100ms", "patience": "0s",
              "criteria": { "free_disk": \#(disk) }
            },
            """#
        return text
    }

    @Test func `every component is told with its criteria`() async throws {
        let agent = try await RunningAgent(Self.automation(#"{ "limit": 0 }"#))
        #expect(try await agent.client.get("/health").status == 200)
        #expect(try await agent.client.get("/health/ready").status == 200)
        let report = try json(try await agent.client.get("/health/detailed"))
        let components = try #require(report["components"] as? [[String: Any]])
        #expect(
            Set(components.compactMap { $0["name"] as? String }) == [
                "intake", "plugin:prometheus", "plugin:gone", "store", "audit", "runner",
                "quota",
            ])
        #expect(report["status"] as? String == "degraded")
        #expect(try await component("plugin:gone", of: agent)["status"] as? String == "failed")
        #expect(try await component("plugin:prometheus", of: agent)["status"] as? String == "ok")
        try await waitUntil("the store's answer") {
            let criteria = try await component("store", of: agent)["criteria"] as? [[String: Any]]
            return criteria?.allSatisfy { $0["value"] is NSNumber } == true
        }
    }

    @Test func `a required component that fails is why the agent is not ready, and it lives`()
        async throws
    {
        let agent = try await RunningAgent(
            Self.automation(#"{ "limit": 1125899906842624, "severity": "failed" }"#))
        let ready = try await agent.client.get("/health/ready")
        #expect(ready.status == 503)
        let reasons = try #require(try json(ready)["reasons"] as? [String])
        #expect(reasons.count == 1)
        #expect(reasons.first?.hasPrefix("store: free_disk_bytes is ") == true)
        #expect(try await agent.client.get("/health").status == 200)
    }

    @Test func `a service manager is told of the start, of life and of the end`() async throws {
        let directory = try TemporaryDirectory()
        let socket = try NotifySocket(directory.path("notify"))
        let agent = try await RunningAgent(
            in: directory,
            environment: [
                "NOTIFY_SOCKET": directory.path("notify"), "WATCHDOG_USEC": "200000",
            ])
        var messages: [String] = []
        func has(_ words: [String], times: Int) -> Bool {
            while let message = socket.next() { messages.append(message) }
            return messages.filter { message in words.allSatisfy { message.contains($0) } }
                .count >= times
        }
        try await waitUntil("signs of life") {
            has(["READY=1", "WATCHDOG=1", "STATUS=ok"], times: 3)
        }
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        #expect(has(["STOPPING=1", "STATUS=stopping"], times: 1), "\(messages)")
    }
}
