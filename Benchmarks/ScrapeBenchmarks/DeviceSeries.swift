import BenchmarkSupport
import MetricRegistry
import Telemetry

/// A counter with one series for each of many devices, by 3 labels.
final class DeviceSeries {
    let bus = TelemetryBus()
    let registry: MetricRegistry
    private let event: PreparedEvent<0, 3>

    init(capacity: Int) {
        do {
            registry = try MetricRegistry(bus: bus)
            try registry.declare([Self.definition(capacity)], owner: "benchmark")
        } catch {
            fatalError("\(error)")
        }
        event = PreparedEvent(
            bus, "net_auto.run.created", measurements: [],
            metadata: ["device_id", "site", "protocol"])
    }

    private static func definition(_ capacity: Int) throws -> MetricDefinition {
        var definition = MetricDefinition(
            name: try MetricName("device_runs_total"), kind: .counter, help: "Runs of a device.",
            sources: [MetricSource(event: "net_auto.run.created")],
            labels: try ["device_id", "site", "protocol"].map {
                LabelMapping(name: try LabelName($0), key: $0)
            })
        definition.maximumSeries = capacity
        return definition
    }

    static func names(_ count: Int) -> [String] { (0..<count).map { "device-\($0)" } }

    /// Counts each device once.
    func emit(_ devices: FixedList<String>) {
        for index in 0..<devices.count {
            event.emit([], [devices.elements[index], "site-7", "netconf"])
        }
    }

    var count: Int { registry.statistics.first?.series ?? 0 }
}
