import Foundation
import Glibc
import TestSupport
import Testing

/// Who had the configuration changed, from where, and to what.
@Suite(.serialized) struct ReloadAuditTests {
    private static func text(_ quota: Int, plugins: [String] = []) -> AgentConfigurationText {
        ReloadingAgent.text(
            plugins: plugins,
            top: #""store": { "path": "agent.db" }, "quotas": { "global": \#(quota) },"#)
    }

    private func details(_ entry: [String: Any]) throws -> [String: Any] {
        try #require(entry["details"] as? [String: Any])
    }

    @Test func `a reload over HTTP is noted with its client, and with both hashes`() async throws {
        let running = try await ReloadingAgent(Self.text(4))
        let first = try details(try await running.entry("agent.started"))["config_hash"] as? String
        try running.write(Self.text(5).text)
        let outcome = try await running.command("reload")
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
        let entry = try await running.entry("config.reloaded")
        #expect(entry["actor_type"] as? String == "user")
        #expect((entry["actor_id"] as? String)?.hasPrefix("cli:") == true)
        #expect(entry["client_ip"] as? String == "127.0.0.1")
        #expect((entry["user_agent"] as? String)?.hasPrefix("agent/") == true)
        #expect(entry["resource_type"] as? String == "config")
        #expect((entry["resource_id"] as? String)?.hasSuffix("config.json") == true)
        let told = try details(entry)
        #expect(told["hash_before"] as? String == first && first != nil)
        #expect(outcome.output.contains(told["hash"] as? String ?? "none"), "\(outcome.output)")
        #expect(told["changed"] as? [String] == ["quotas"] && told["way"] as? String == "http")
        let quota = try await running.entry("quota.limits_changed")
        #expect(quota["actor_id"] as? String == entry["actor_id"] as? String)
        let after = try details(quota)["after"] as? [String: Any]
        #expect(after?["global"] as? Int == 5, "\(quota)")
    }

    @Test func `a refusal is noted with its reasons, and a hangup as the system's`() async throws {
        let running = try await ReloadingAgent(Self.text(4))
        let hash = try details(try await running.entry("agent.started"))["config_hash"] as? String
        _ = try await running.refused(#"{ "one": 1, "two": 2 }"#)
        let refused = try await running.entry("config.refused")
        #expect(refused["actor_type"] as? String == "api")
        var told = try details(refused)
        #expect(told["hash"] as? String == hash)
        let other = try #require(told["hash_refused"] as? String)
        #expect(other.count == 16 && other != hash)
        #expect((told["errors"] as? [String])?.count == 2, "\(told)")

        try running.write(Self.text(6).text)
        running.agent.process.signal(SIGHUP)
        let entry = try await running.entry("config.reloaded")
        told = try details(entry)
        #expect(entry["actor_id"] as? String == "agent" && told["way"] as? String == "signal")
        #expect(entry["actor_type"] as? String == "system" && entry["client_ip"] is NSNull)
        #expect(told["hash_before"] as? String == hash)
    }

    @Test func `plugins that come, change and go are noted, and those put back are not`()
        async throws
    {
        let running = try await ReloadingAgent(Self.text(4))
        let runner = #"{ "plugin": "Runner" }"#
        try await running.use(Self.text(4, plugins: [runner]))
        let started = try await running.entry("plugin.started")
        #expect(started["resource_id"] as? String == "runner")
        let changed =
            #"{ "plugin": "Runner", "metrics": { "device_runs_total": { "drop": true } } }"#
        // Both are put back: the second exporter's route is the first one's.
        let second = #"{ "plugin": "Prometheus", "name": "second" }"#
        _ = try await running.refused(
            Self.text(4, plugins: [changed, #"{ "plugin": "Quota" }"#, second]).text)
        #expect(try await running.entries("plugin.replaced").isEmpty)
        try await running.use(Self.text(4, plugins: [changed]))
        let replaced = try await running.entry("plugin.replaced")
        let told = try details(replaced)
        for side in ["before", "after"] {
            let plugin = try #require(told[side] as? [String: Any])
            #expect(plugin["version"] as? String != nil, "\(plugin)")
            #expect((plugin["sha256"] as? String)?.count == 64, "\(plugin)")
        }
        try await running.use(Self.text(4))
        let removed = try await running.entry("plugin.removed")
        #expect(removed["resource_id"] as? String == "runner")
        #expect(try details(removed)["after"] is NSNull)
        #expect(try await running.entries("plugin.started").count == 1)
    }
}
