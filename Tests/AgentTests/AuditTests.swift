import Foundation
import TestSupport
import Testing

/// The audit log of a running agent, over HTTP and from the command line.
@Suite(.serialized) struct AuditTests {
    private let automated: AutomatedAgent

    init() async throws { automated = try await AutomatedAgent() }

    private var store: String { automated.agent.directory.path("run/agent.db") }

    private func entries(_ query: String = "") async throws -> [AutomatedAgent.Object] {
        let answer = try automated.object(try await automated.act("GET", "/v1/audit?\(query)"))
        return try #require(answer["entries"] as? [AutomatedAgent.Object])
    }

    /// Entries are stored behind the answer to what they tell of.
    private func entry(_ type: String) async throws -> AutomatedAgent.Object {
        try await waitFor("an entry \(type)") {
            try await entries("type=\(type)").first
        }
    }

    private func verify(_ options: String...) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            agentExecutable, ["audit", "verify"] + options + automated.target)
    }

    @Test func `whatever acts leaves an entry that says who, from where, and on what`() async throws
    {
        let id = try await automated.start("sleep 60")
        let run = try await entry("run.started")
        #expect(run["resource_id"] as? String == id && run["actor_type"] as? String == "api")
        #expect(run["client_ip"] as? String == "127.0.0.1")
        #expect(run["correlation_id"] as? String != nil)
        #expect((run["details"] as? AutomatedAgent.Object)?["device_id"] as? String == "box")
        _ = try await automated.command("runs", "cancel", id)
        let cancel = try await entry("run.canceled")
        #expect(cancel["resource_id"] as? String == id && cancel["actor_type"] as? String == "user")
        #expect((cancel["actor_id"] as? String)?.hasPrefix("cli:") == true)
        #expect((cancel["user_agent"] as? String)?.hasPrefix("agent/") == true)
        _ = try await automated.act("PUT", "/v1/quota", #"{"global": 0}"#)
        #expect(try await entry("quota.limits_changed")["action"] as? String == "change")
        _ = try await automated.act("POST", "/v1/runs", #"{"device_id":"box","command":"true"}"#)
        let refused = try await entry("run.refused")
        #expect(
            (refused["details"] as? AutomatedAgent.Object)?["reason"] as? String
                == "quota_exceeded:global")
        let untrusted = try await automated.agent.client.get("/v1/audit")
        #expect(untrusted.status == 401)
        #expect(try await entry("auth.refused")["resource_id"] as? String == "GET /v1/audit")
        #expect(try await entry("agent.started")["actor_type"] as? String == "system")
        #expect(try await verify().exit == .code(0))
    }

    @Test func `the command lists pages, and verifies through the agent and on the file`()
        async throws
    {
        for _ in 0..<3 { _ = try await automated.act("PUT", "/v1/quota", #"{"global": 3}"#) }
        try await waitUntil("three entries") {
            try await entries("type=quota.limits_changed").count == 3
        }
        let list = try await automated.command(
            "audit", "list", "--type", "quota.limits_changed", "--limit", "2")
        #expect(list.exit == .code(0) && list.output.contains("more: --before "))
        #expect(list.output.contains("127.0.0.1"))
        let whole = try await verify("--store", store)
        #expect(whole.exit == .code(0) && whole.output.hasPrefix("intact: "))
        let head = try #require(whole.output.split(separator: " ").last).trimmingCharacters(
            in: .newlines)
        #expect(try await verify("--head", head).exit == .code(0))
        #expect(try await verify("--store", "/nowhere.db").exit == .code(2))
        // This agent has no key, so that its entries have no seal.
        let key = try automated.agent.directory.write("a key of 16 bytes and more\n", to: "key")
        let unsealed = try await verify("--store", store, "--key-file", key)
        #expect(unsealed.exit == .code(1) && unsealed.output.contains("no entry is sealed"))
        #expect(try await verify("--store", store, "--key-file", "/nowhere").exit == .code(2))
        #expect(try await verify("--key-file", key).exit == .code(2))
        // A neighbour of the running agent tampers.
        let edit = try await ChildProcess.run(
            "sqlite3",
            [
                store,
                "DROP TRIGGER audit_keeps_what_is_there; "
                    + "UPDATE audit_entries SET actor_id = 'nobody' WHERE seq = 2",
            ])
        try #require(edit.exit == .code(0), "\(edit.errors)")
        for way in [["--store", store], []] {
            let found = try await ChildProcess.run(
                agentExecutable, ["audit", "verify"] + way + automated.target)
            #expect(found.exit == .code(1), "\(found.errors)")
            #expect(found.output.contains("entry 2 was changed"), "\(found.output)")
        }
    }
}
