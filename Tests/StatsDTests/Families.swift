import CAgentPlugin
import PluginTestSupport

extension FakeSnapshot.Family {
    static func counter(_ name: String, _ series: [FakeSnapshot.Series]) -> Self {
        .init(kind: AGENT_METRIC_COUNTER, name: name, labelNames: ["site"], series: series)
    }

    static func gauge(_ name: String, _ value: agent_value, unit: String = "") -> Self {
        .init(
            kind: AGENT_METRIC_LAST_VALUE, name: name, unit: unit,
            series: [.init(id: 1, value: value, start: 0)])
    }
}

func exact(_ number: Int64, _ exponent: Int32) -> agent_value {
    var value = agent_i64(number)
    value.exponent10 = exponent
    return value
}
