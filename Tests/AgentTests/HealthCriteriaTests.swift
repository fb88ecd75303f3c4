import Foundation
import TestSupport
import Testing

/// Each criterion of the running agent: broken by what it is there to notice, and well again once that has passed.
@Suite(.serialized) struct HealthCriteriaTests {
    private static func settings(_ criteria: String) -> String {
        #"""
        "devices": [{ "id": "box", "site": "lab", "local": { "shell": true } }],
        "quotas": { "global": 4, "sites": { "lab": 1 } },
        "runs": { "kill_grace": "1s", "drain": "0s", "max_active": 2 },
        "health": { "interval": "100ms", "patience": "0s", "criteria": { \#(criteria) } },
        """#
    }

    private func component(_ name: String, at automated: AutomatedAgent) async throws
        -> AutomatedAgent.Object?
    {
        let report = try await automated.get("/health/detailed")
        let components = report["components"] as? [AutomatedAgent.Object] ?? []
        return components.first { $0["name"] as? String == name }
    }

    /// Waits until a component has not been ok, be it for a moment only; why it was not.
    private func whyIll(_ name: String, at automated: AutomatedAgent) async throws -> String {
        try await waitFor("\(name) to be ill") {
            let found = try await component(name, at: automated)
            let error = found?["last_error"] as? AutomatedAgent.Object
            return error?["message"] as? String
        }
    }

    private func untilWell(_ name: String, at automated: AutomatedAgent) async throws {
        try await waitUntil("\(name) to be well") {
            try await component(name, at: automated)?["status"] as? String == "ok"
        }
    }

    @Test func `a runner with too few free places is degraded until one is free`() async throws {
        let automated = try await AutomatedAgent(
            Self.settings(#""free_workers": { "limit": 2 }"#))
        try await untilWell("runner", at: automated)
        let id = try await automated.start("sleep 600")
        let why = try await whyIll("runner", at: automated)
        #expect(why == "free_workers is 1, not at least 2")
        _ = try await automated.act("POST", "/v1/runs/\(id)/cancel")
        try await untilWell("runner", at: automated)
    }

    @Test func `a quota for which too many wait is degraded until they have their places`()
        async throws
    {
        let automated = try await AutomatedAgent(
            Self.settings(#""queue_length": { "limit": 0 }"#))
        let holder = try await automated.start("sleep 600")
        let answer = try await automated.act(
            "POST", "/v1/runs", #"{"device_id": "box", "command": "true", "wait": "600s"}"#)
        #expect(answer.status == 201)
        let why = try await whyIll("quota", at: automated)
        #expect(why == "queue_length is 1, not at most 0")
        _ = try await automated.act("POST", "/v1/runs/\(holder)/cancel")
        try await untilWell("quota", at: automated)
    }

    @Test func `runs that fail degrade the runner until they are out of the window`() async throws {
        let automated = try await AutomatedAgent(
            Self.settings(
                #""error_share": { "limit": 0.4 }, "error_count": 1, "error_window": "2s""#))
        let id = try await automated.start("exit 3")
        _ = try await automated.run(id, until: "error")
        let why = try await whyIll("runner", at: automated)
        #expect(why == "error_share is 1, not at most 0.4")
        try await untilWell("runner", at: automated)
    }

    @Test func `events that are rejected degrade the intake until they are out of the window`()
        async throws
    {
        let automated = try await AutomatedAgent(
            Self.settings(
                #""error_share": { "limit": 0.4 }, "error_count": 1, "error_window": "2s""#))
        let answer = try await automated.agent.client.post("/v1/events", "no event at all")
        #expect(answer.status == 400 || answer.status == 200, "\(answer.text)")
        let why = try await whyIll("intake", at: automated)
        #expect(why == "error_share is 1, not at most 0.4")
        try await untilWell("intake", at: automated)
    }

    @Test func `a store with too little room is degraded until less is asked for`() async throws {
        let all = #""free_disk": { "limit": "1048576GiB" }"#
        let automated = try await AutomatedAgent(Self.settings(all))
        #expect(try await whyIll("store", at: automated).hasPrefix("free_disk_bytes is "))
        let text = try String(contentsOfFile: automated.configurationFile, encoding: .utf8)
        try automated.agent.directory.write(
            text.replacing(all, with: #""free_disk": { "limit": 0 }"#), to: "config.json")
        #expect(try await automated.act("POST", "/v1/reload").status == 200)
        try await untilWell("store", at: automated)
    }

    @Test func `a store that another program has locked is slow, until it is let go of`()
        async throws
    {
        let automated = try await AutomatedAgent(
            Self.settings(#""response_time": { "limit": "1s" }"#)
                + #""store": { "busy_timeout": "60s" },"#)
        try await untilWell("store", at: automated)
        let neighbour = try await automated.lockStore()
        // Longer than a busy machine makes it: the time that the question has taken so far goes on growing.
        let ill = try await waitFor("the store to be slow") { () -> AutomatedAgent.Object? in
            let found = try await component("store", at: automated)
            let criteria = found?["criteria"] as? [AutomatedAgent.Object] ?? []
            let time = criteria.first { $0["name"] as? String == "response_time_seconds" }
            return (time?["value"] as? Double ?? 0) > 5 ? found : nil
        }
        #expect(ill["status"] as? String == "degraded")
        let why = (ill["reasons"] as? [String])?.first ?? ""
        #expect(why.hasPrefix("response_time_seconds is ") && why.hasSuffix(", not at most 1"))
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        try await untilWell("store", at: automated)
        let id = try await automated.start("true")
        _ = try await automated.run(id, until: "ok")
    }
}
