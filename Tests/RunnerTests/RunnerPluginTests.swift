import CAgentPlugin
import Glibc
import TestSupport
import Testing

struct RunnerPluginTests {
    @Test func `the metrics are the ones users rely on`() throws {
        let table = try metricsTable()
        var lines: [String] = []
        var metric = agent_metric_def()
        metric.size = UInt32(MemoryLayout<agent_metric_def>.size)
        while table.describe_metric(UInt32(lines.count), &metric) == AGENT_OK {
            lines.append(line(metric))
        }
        #expect(text(table.metric_prefix) == "runner")
        #expect(
            lines == [
                "1 runs_created_total site,protocol from .run.created",
                "1 starts_total site,protocol from .runner.start",
                "1 stops_total site,protocol,status from .runner.stop",
                "1 errors_total site,protocol,kind from .runner.error",
                "4 active_runs site,protocol from .runner.start .runner.stop×-1 .runner.error×-1",
                """
                5 run_duration_seconds site,protocol,status from .runner.stop:duration \
                .runner.error:duration[status=error]
                """,
                "6 run_duration_quantiles_seconds protocol from .runner.stop:duration",
                "5 queue_time_seconds site,protocol from .runner.start:queue_time",
                "5 run_bytes site,protocol from .runner.stop:bytes",
                "3 last_run_bytes site,protocol from .runner.stop:bytes",
                "1 chunks_total site,protocol from .run.chunk",
                "2 chunk_bytes_total site,protocol from .run.chunk:bytes",
                "1 device_runs_total device_id,site from .run.created max 1000",
            ])
    }

    @Test func `every key a metric reads is documented with its event`() throws {
        let table = try metricsTable()
        var documented: [String: Set<String>] = [:]
        var event = agent_event_def()
        event.size = UInt32(MemoryLayout<agent_event_def>.size)
        while table.describe_event(UInt32(documented.count), &event) == AGENT_OK {
            let fields =
                Array(
                    UnsafeBufferPointer(
                        start: event.measurements, count: Int(event.measurements_count)))
                + UnsafeBufferPointer(start: event.metadata, count: Int(event.metadata_count))
            #expect(fields.allSatisfy { $0.help.size > 0 } && event.help.size > 0)
            documented[text(event.name)] = Set(fields.map { text($0.name) })
        }
        #expect(documented.count == 5)
        var metric = agent_metric_def()
        metric.size = UInt32(MemoryLayout<agent_metric_def>.size)
        var index: UInt32 = 0
        while table.describe_metric(index, &metric) == AGENT_OK {
            index += 1
            let labels = labels(metric).map { text($0.key) }
            for source in sources(metric) {
                let keys = documented[text(source.event)] ?? []
                let constants = constants(source).map { text($0.name) }
                let read = labels.filter { !constants.contains($0) } + [text(source.measurement)]
                for key in read where !key.isEmpty {
                    #expect(keys.contains(key), "\(text(metric.name)): \(key)")
                }
            }
        }
    }

    @Test func `buckets increase`() throws {
        let table = try metricsTable()
        var metric = agent_metric_def()
        metric.size = UInt32(MemoryLayout<agent_metric_def>.size)
        var index: UInt32 = 0
        while table.describe_metric(index, &metric) == AGENT_OK {
            index += 1
            let buckets = UnsafeBufferPointer(
                start: metric.buckets, count: Int(metric.buckets_count))
            #expect((metric.kind == AGENT_METRIC_DISTRIBUTION) == !buckets.isEmpty)
            #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    private func line(_ metric: agent_metric_def) -> String {
        let labels = labels(metric).map { text($0.name) }.joined(separator: ",")
        let sources = sources(metric).map { source in
            let measurement = source.measurement.size > 0 ? ":\(text(source.measurement))" : ""
            let factor = source.factor == 1 ? "" : "×\(source.factor)"
            let constants = constants(source).map { "[\(text($0.name))=\(text($0.value))]" }
                .joined()
            return text(source.event) + measurement + factor + constants
        }.joined(separator: " ")
        let limit = metric.max_series > 0 ? " max \(metric.max_series)" : ""
        return "\(metric.kind) \(text(metric.name)) \(labels) from \(sources)\(limit)"
    }

    private func labels(_ metric: agent_metric_def) -> UnsafeBufferPointer<agent_label_def> {
        UnsafeBufferPointer(start: metric.labels, count: Int(metric.labels_count))
    }

    private func sources(_ metric: agent_metric_def) -> UnsafeBufferPointer<agent_metric_source> {
        UnsafeBufferPointer(start: metric.sources, count: Int(metric.sources_count))
    }

    private func constants(_ source: agent_metric_source) -> UnsafeBufferPointer<agent_pair> {
        UnsafeBufferPointer(start: source.constants, count: Int(source.constants_count))
    }
}

private func text(_ view: agent_str) -> String {
    String(
        decoding: UnsafeRawBufferPointer(start: view.data, count: Int(view.size)), as: UTF8.self)
}

private func metricsTable() throws -> agent_metrics_v1 {
    try #require(library).load(as: agent_metrics_v1.self)
}

// The library is entered once, as the contract says; what it gives is constant.
private nonisolated(unsafe) let library: UnsafeRawPointer? = {
    typealias Entry =
        @convention(c) (
            UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
            UnsafeMutablePointer<agent_error>?
        ) -> agent_status
    guard let image = dlopen(pluginLibrary("Runner"), RTLD_NOW | RTLD_LOCAL),
        let symbol = dlsym(image, "agent_plugin_entry")
    else { return nil }
    var host = agent_host(
        size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0, reserved: 0,
        version: agent_str(), context: nil, get_interface: { _, _ in nil })
    var plugin: UnsafePointer<agent_plugin>?
    _ = unsafeBitCast(symbol, to: Entry.self)(&host, &plugin, nil)
    var id = AGENT_METRICS_V1
    return id.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
            plugin?.pointee.get_interface(
                agent_str(data: $0.baseAddress, size: UInt64($0.count)))
        }
    }
}()
