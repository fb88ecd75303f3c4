import Foundation
import TestSupport
import Testing

/// A plugin's library becomes another file under a running agent.
@Suite(.serialized) struct ReloadedLibraryTests {
    private static let mine = #"{ "library": "./mine.so", "name": "mine" }"#
    private static let created =
        #"{ "event": "net_auto.run.created", "measurements": { "count": 1 }, "#
        + #""metadata": { "site": "a", "protocol": "ssh", "device_id": "d" } }"#
    private static let count = "runner_runs_created_total{site=\"a\",protocol=\"ssh\"}"

    private let directory: TemporaryDirectory
    private let running: ReloadingAgent

    init() async throws {
        directory = try TemporaryDirectory()
        try Self.write(version: 1, in: directory)
        running = try await ReloadingAgent(Self.text(), in: directory)
    }

    private static func text(_ plugins: String...) -> AgentConfigurationText {
        ReloadingAgent.text(plugins: [mine] + plugins)
    }

    /// The same library in other bytes: what stands behind its end is nobody's.
    private static func write(version: UInt8, in directory: TemporaryDirectory) throws {
        let shipped = URL(fileURLWithPath: agentExecutable).deletingLastPathComponent()
            .appendingPathComponent("libRunner.so")
        try directory.write(Array(try Data(contentsOf: shipped)) + [version], to: "mine.so")
    }

    private func sha256() async throws -> String {
        let answer = try await running.agent.client.get("/v1/plugins")
        let plugins =
            try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]] ?? []
        let mine = plugins.first { $0["name"] as? String == "mine" }
        return try #require(mine?["sha256"] as? String, "\(answer.text)")
    }

    @Test func `a file that became another is loaded, and its series go on`() async throws {
        try await running.agent.send(Self.created)
        let before = try await sha256()
        #expect(try await running.use(Self.text()).isEmpty)
        try Self.write(version: 2, in: directory)
        #expect(try await running.use(Self.text()) == ["plugins.mine"])
        #expect(try await sha256() != before)
        try await running.agent.send(Self.created)
        #expect(try await running.agent.samples()[Self.count] == 2)
    }

    @Test func `all instances of a file that became another are replaced, in one reload`()
        async throws
    {
        let twin = #"{ "library": "./mine.so", "name": "twin", "metric_prefix": "twin" }"#
        #expect(try await running.use(Self.text(twin)) == ["plugins.twin"])
        try await running.agent.send(Self.created)
        try Self.write(version: 4, in: directory)
        #expect(try await running.use(Self.text(twin)) == ["plugins.mine", "plugins.twin"])
        try await running.agent.send(Self.created)
        let samples = try await running.agent.samples()
        #expect(samples[Self.count] == 2)
        #expect(samples[Self.count.replacing("runner_", with: "twin_")] == 2)
    }

    @Test func `a plugin is put back as it ran, though its file is another by then`() async throws {
        func second(_ path: String) -> String {
            #"{ "plugin": "Prometheus", "name": "second", "settings": { "path": "\#(path)" } }"#
        }
        #expect(try await running.use(Self.text(second("/second"))) == ["plugins.second"])
        try await running.agent.send(Self.created)
        let before = try await sha256()
        try Self.write(version: 3, in: directory)
        // They are replaced in their order, and the last one's route is another's.
        let told = try await running.refused(Self.text(second("/metrics")).text)
        #expect(told.count == 1 && told.first?.hasPrefix("plugins.second: ") == true, "\(told)")
        #expect(try await sha256() == before)
        try directory.write("no library", to: "mine.so")
        #expect(try await running.refused(Self.text().text).contains { $0.contains("mine.so") })
        try await running.agent.send(Self.created)
        #expect(try await running.agent.samples()[Self.count] == 2)
    }
}
