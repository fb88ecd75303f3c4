import CAgentPlugin

/// A series about the plugin itself, shown as `agent_plugin_<name>{plugin="<instance>",…}`. Any thread.
///
/// Where the host does not take it (no such service, a name that is not one, too many series) it does nothing.
public struct SelfMetric: @unchecked Sendable {
    // Constant pointers to a table whose functions may be called from any thread.
    fileprivate let host: UnsafePointer<agent_host>
    fileprivate let table: UnsafePointer<agent_host_self_metrics_v1>?
    fileprivate let handle: UInt64

    public enum Kind: Sendable {
        case counter
        case lastValue
        case upDownCounter
    }

    public func add(_ number: Number) {
        table?.pointee.add(host, handle, number.raw)
    }

    /// For `.lastValue` alone.
    public func set(_ number: Number) {
        table?.pointee.set(host, handle, number.raw)
    }
}

extension Host {
    /// Finds or makes a series about this plugin; keep it.
    public func selfMetric(
        _ kind: SelfMetric.Kind, _ name: String, _ help: String,
        labels: KeyValuePairs<String, String> = [:]
    ) -> SelfMetric {
        let table: UnsafePointer<agent_host_self_metrics_v1>? = interface(
            AGENT_HOST_SELF_METRICS_V1)
        let code =
            switch kind {
            case .counter: AGENT_METRIC_COUNTER
            case .lastValue: AGENT_METRIC_LAST_VALUE
            case .upDownCounter: AGENT_METRIC_UP_DOWN_COUNTER
            }
        let handle = StaticMemory.lending { memory in
            let pairs = labels.map { memory.pair($0.key, $0.value) }
            return table?.pointee.series(
                raw, code, memory.text(name), memory.text(help), pairs, UInt32(pairs.count))
        }
        return SelfMetric(host: raw, table: table, handle: handle ?? 0)
    }
}
