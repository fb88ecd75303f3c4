import MetricRegistry
import Telemetry
import Testing

@testable import AgentRuntime

struct SelfMetricsTests {
    @Test func `the agent's own definitions are whole and have help texts`() throws {
        let definitions = try SelfMetric.definitions()
        #expect(Set(definitions.map(\.name)).count == definitions.count)
        for definition in definitions {
            #expect(definition.help.hasSuffix("."), "\(definition.name)")
            let isOwn = ["agent_", "process_"].contains {
                definition.name.description.hasPrefix($0)
            }
            #expect(isOwn, "\(definition.name)")
        }
    }

    @Test func `the events that the agent's metrics listen to are documented`() throws {
        let documented = Set(AgentEvent.all.map(\.name))
        for definition in try SelfMetric.definitions() {
            for source in definition.sources {
                #expect(documented.contains(source.event.description), "\(definition.name)")
            }
        }
    }
}
