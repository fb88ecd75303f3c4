import AgentConfiguration
import TestSupport
import Testing

@testable import AgentRuntime

struct CurrentHealthRulesTests {
    private static func rules(_ interval: String, maxActive: Int = 4) throws
        -> CurrentHealthRules.Value
    {
        let text = #"""
            { "health": { "interval": "\#(interval)" }, "runs": { "max_active": \#(maxActive) } }
            """#
        return .init(try AgentConfiguration.parse(Array(text.utf8), file: "test.json"))
    }

    @Test func `who waits goes on when other rules hold`() async throws {
        let rules = CurrentHealthRules(try Self.rules("300s"))
        let waiting = Task { await rules.wait { $0.configuration.interval } }
        let other = try Self.rules("100ms", maxActive: 5)
        // However late it began to wait: by then it waits for as long as the new rules say.
        rules.use(other)
        await waiting.value
        #expect(rules.value == other)
        await rules.wait { $0.configuration.interval }
    }

    @Test func `who is canceled waits no longer`() async throws {
        let rules = CurrentHealthRules(try Self.rules("300s"))
        let waiting = Task { await rules.wait { $0.configuration.interval } }
        waiting.cancel()
        await waiting.value
    }
}
