package import CYardstick
import Glibc
package import MetricRegistry
package import Telemetry

/// The event all figures are about ("W1"): 2 measurements and 4 metadata tags that feed a counter, a sum, a last value
/// and a distribution of 10 buckets, each by 3 labels that make 90 label sets.
package enum Workload {
    package struct Labels: Sendable {
        package let site: String
        package let `protocol`: String
        package let status: String

        package var all: [String] { [site, `protocol`, status] }
    }

    package static let event: EventName = "net_auto.runner.stop"

    package static let labels: [Labels] = ["ok", "error", "timeout"].flatMap { status in
        ["ssh", "local", "netconf"].flatMap { `protocol` in
            (0..<10).map { Labels(site: "site-\($0)", protocol: `protocol`, status: status) }
        }
    }

    package static func definitions() throws -> [MetricDefinition] {
        let labels = try ["site", "protocol", "status"].map {
            LabelMapping(name: try LabelName($0), key: $0)
        }
        let bytes = [MetricSource(event: event, measurement: "bytes")]
        return [
            MetricDefinition(
                name: try MetricName("runs_total"), kind: .counter, help: "Runs.",
                sources: [MetricSource(event: event)], labels: labels),
            MetricDefinition(
                name: try MetricName("bytes_total"), kind: .sum, help: "Bytes.", sources: bytes,
                labels: labels),
            MetricDefinition(
                name: try MetricName("last_bytes"), kind: .lastValue,
                help: "Bytes of the last run.",
                sources: bytes, labels: labels),
            MetricDefinition(
                name: try MetricName("duration_seconds"), kind: .distribution, help: "Time taken.",
                unit: "seconds", measurementUnit: "nanosecond",
                sources: [MetricSource(event: event, measurement: "duration")], labels: labels,
                buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]),
        ]
    }

    /// A bus whose registry counts the event, and goes on to as long as the process lives.
    package static func countingBus() throws -> (bus: TelemetryBus, registry: MetricRegistry) {
        let bus = TelemetryBus()
        let registry = try MetricRegistry(bus: bus)
        _ = Unmanaged.passRetained(registry)
        try registry.declare(definitions(), owner: "benchmark")
        return (bus, registry)
    }

    package static func prepared(_ bus: TelemetryBus, _ name: EventName = event) -> PreparedEvent<
        2, 4
    > {
        PreparedEvent(
            bus, name, measurements: ["duration", "bytes"],
            metadata: ["run_id", "site", "protocol", "status"])
    }

    /// The measurements of the n-th event: durations up to a second, so that all buckets are met but two.
    @inline(__always)
    package static func measurements(_ number: Int) -> InlineArray<2, Measurement> {
        [
            .integer(Int64(number & 1023) &* 1_000_000),
            .integer(Int64(number & 4095)),
        ]
    }

    /// The n-th event as line protocol, without its newline.
    package static func line(_ number: Int) -> String {
        let labels = labels[number % labels.count]
        return "\(event),run_id=run-\(number % 10_000),site=\(labels.site),"
            + "protocol=\(labels.protocol),status=\(labels.status)"
            + " duration=\((number & 1023) * 1_000_000)i,bytes=\(number & 4095)i"
    }

    /// The n-th event as JSON.
    package static func json(_ number: Int) -> String {
        let labels = labels[number % labels.count]
        return #"{"event":"\#(event)","measurements":{"duration":\#((number & 1023) * 1_000_000),"#
            + #""bytes":\#(number & 4095)},"metadata":{"run_id":"run-\#(number % 10_000)","#
            + #""site":"\#(labels.site)","protocol":"\#(labels.protocol)","#
            + #""status":"\#(labels.status)"}}"#
    }

    /// The same in C.
    package static func yardstick() -> UnsafeMutablePointer<yardstick_workload> {
        let workload = yardstick_workload_make(Int32(labels.count)).unsafelyUnwrapped
        for labels in labels {
            // Kept: the yardstick points to the texts as long as the process lives.
            var texts = labels.all.map { UnsafePointer<CChar>(strdup($0)) }
            yardstick_workload_add(workload, &texts)
        }
        return workload
    }
}
