import CAgentPlugin
import MetricRegistry
import Telemetry

/// The metrics plugins keep about themselves, declared for all instances together: two of them may have the
/// same metric, told apart by the label `plugin`.
final class SelfMetrics: Sendable {
    static let owner = "the plugins themselves"
    static let maximumMetrics = 512
    static let maximumLabels = 16

    private let registry: MetricRegistry
    private let definitions = Guarded([MetricDefinition]())

    init(registry: MetricRegistry) { self.registry = registry }

    /// Finds or makes a series; nil where a name or label is none, or what is known differs.
    func series(
        _ kind: MetricKind, _ name: String, help: String, instance: String,
        labels: [(name: String, value: String)]
    ) -> SeriesHandle? {
        guard let name = try? MetricName("agent_plugin_\(name)"),
            labels.count <= Self.maximumLabels
        else { return nil }
        var mappings: [LabelMapping] = []
        for label in ["plugin"] + labels.map(\.name) {
            guard let label = try? LabelName(label),
                !mappings.contains(where: { $0.name == label })
            else { return nil }
            mappings.append(LabelMapping(name: label, key: label.description))
        }
        let definition = MetricDefinition(
            name: name, kind: kind, help: help, labels: mappings, isInstrument: true)
        guard declare(definition) else { return nil }
        return registry.series(name, [instance] + labels.map(\.value))
    }

    private func declare(_ definition: MetricDefinition) -> Bool {
        definitions.withLock { definitions in
            if let known = definitions.first(where: { $0.name == definition.name }) {
                return known.kind == definition.kind && known.labels == definition.labels
            }
            guard definitions.count < Self.maximumMetrics,
                (try? registry.declare(definitions + [definition], owner: Self.owner)) != nil
            else { return false }
            definitions.append(definition)
            return true
        }
    }
}

/// The series of one instance, by handle.
final class InstanceMetrics: Sendable {
    static let maximumSeries = 4096

    private struct Entry: Sendable {
        let series: SeriesHandle
        let isGauge: Bool
    }

    private struct Key: Hashable {
        let kind: MetricKind
        let name: String
        let labels: [String]
    }

    private let instance: String
    private let all: SelfMetrics
    private let entries = HandleTable<Entry>(limit: maximumSeries)
    private let known = Guarded([Key: UInt64]())

    init(instance: String, all: SelfMetrics) {
        self.instance = instance
        self.all = all
    }

    /// A handle, or 0.
    func handle(
        _ kind: UInt32, _ name: String, help: String, labels: [(name: String, value: String)]
    ) -> UInt64 {
        let metricKind: MetricKind
        switch kind {
        case AGENT_METRIC_COUNTER: metricKind = .counter
        case AGENT_METRIC_LAST_VALUE: metricKind = .lastValue
        case AGENT_METRIC_UP_DOWN_COUNTER: metricKind = .upDownCounter
        default: return 0
        }
        let key = Key(kind: metricKind, name: name, labels: labels.flatMap { [$0.name, $0.value] })
        return known.withLock { known in
            if let handle = known[key] { return handle }
            guard entries.count < entries.limit,
                let series = all.series(
                    metricKind, name, help: help, instance: instance, labels: labels),
                let handle = entries.add(Entry(series: series, isGauge: metricKind == .lastValue))
            else { return 0 }
            known[key] = handle
            return handle
        }
    }

    /// Adds to a counter, or sets a gauge; anything else does nothing.
    func record(_ handle: UInt64, _ value: agent_value, isSet: Bool) {
        guard let entry = entries[handle] else { return }
        guard entry.isGauge == isSet, let value = MeasurementCell(value).measurement else { return }
        if case .real(let real) = value, !real.isFinite { return }
        entry.series.record(value)
    }
}

/// agent.host.self_metrics/1
enum SelfMetricsService {
    static var table: agent_host_self_metrics_v1 {
        agent_host_self_metrics_v1(
            size: UInt32(MemoryLayout<agent_host_self_metrics_v1>.size), reserved: 0,
            series: { SelfMetricsService.series($0, $1, $2, $3, $4, $5) },
            add: { host, handle, value in
                _ = HostContext.withServices(host) { services in
                    services.selfMetrics.record(handle, value, isSet: false)
                }
            },
            set: { host, handle, value in
                _ = HostContext.withServices(host) { services in
                    services.selfMetrics.record(handle, value, isSet: true)
                }
            })
    }

    private static func series(
        _ host: UnsafePointer<agent_host>?, _ kind: UInt32, _ name: agent_str, _ help: agent_str,
        _ labels: UnsafePointer<agent_pair>?, _ count: UInt32
    ) -> UInt64 {
        HostContext.withServices(host) { services in
            do throws(PluginRefusal.Reason) {
                var pairs: [(name: String, value: String)] = []
                for pair in try ABIText.list(
                    labels, count, "labels", limit: SelfMetrics.maximumLabels)
                {
                    pairs.append(
                        (
                            name: try ABIText.name(pair.name, "a label"),
                            value: try ABIText.read(pair.value, "a label's value", limit: 4096)
                        ))
                }
                return services.selfMetrics.handle(
                    kind, try ABIText.name(name, "the name"),
                    help: try ABIText.read(help, "the help", limit: 4096), labels: pairs)
            } catch {
                return 0
            }
        } ?? 0
    }
}
