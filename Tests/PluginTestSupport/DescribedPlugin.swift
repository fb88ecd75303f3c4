import CAgentPlugin
import Glibc
import TestSupport

/// A metric plugin's library, opened as the agent opens it, and what it describes.
package struct DescribedPlugin {
    /// What is read of one metric, as one line: kind, name, labels, sources, conditions, limits.
    package let metrics: [String]
    package let metricPrefix: String
    package let eventPrefix: String
    /// The keys that are documented, by event.
    package private(set) var documented: [String: Set<String>] = [:]
    /// What is documented without a word.
    package private(set) var undocumented: [String] = []
    /// Keys that metrics read and that their events' documentation does not know: "metric: event: key".
    package private(set) var unknownKeys: [String] = []
    /// Bounds of the distributions, by name.
    package private(set) var buckets: [String: [Double]] = [:]
    /// The JSON Schema of the settings; empty where there are none.
    package let settingsSchema: String

    /// Opens the shipped library of that name.
    package init(_ name: String) throws(LibraryUnusable) {
        let plugin = try Self.enter(pluginLibrary(name))
        settingsSchema = plugin.settings_schema.string
        var id = AGENT_METRICS_V1
        let found = id.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                plugin.get_interface(agent_str(data: $0.baseAddress, size: UInt64($0.count)))
            }
        }
        guard let table = found?.load(as: agent_metrics_v1.self) else {
            throw LibraryUnusable(description: "\(name) describes no metrics")
        }
        metricPrefix = table.metric_prefix.string
        eventPrefix = table.event_prefix.string
        let definitions = Self.metrics(table)
        metrics = definitions.map(\.line)
        for event in Self.events(table) {
            let name = event.name.string
            let fields = event.measuredFields + event.metadataFields
            documented[name] = Set(fields.map(\.name.string))
            if event.help.string.isEmpty { undocumented.append(name) }
            undocumented += fields.filter { $0.help.string.isEmpty }
                .map { "\(name): \($0.name.string)" }
        }
        for metric in definitions {
            if metric.kind == AGENT_METRIC_DISTRIBUTION {
                buckets[metric.name.string] = metric.bounds
            }
            unknownKeys += metric.keysRead.filter { documented[$0.event]?.contains($0.key) != true }
                .map { "\(metric.name.string): \($0.event): \($0.key)" }
        }
    }

    /// Why a library gives nothing to look at.
    package struct LibraryUnusable: Error, CustomStringConvertible {
        package let description: String
    }

    private static func metrics(_ table: agent_metrics_v1) -> [agent_metric_def] {
        var result: [agent_metric_def] = []
        var metric = agent_metric_def()
        metric.size = UInt32(MemoryLayout<agent_metric_def>.size)
        while table.describe_metric(UInt32(result.count), &metric) == AGENT_OK {
            result.append(metric)
        }
        return result
    }

    private static func events(_ table: agent_metrics_v1) -> [agent_event_def] {
        var result: [agent_event_def] = []
        var event = agent_event_def()
        event.size = UInt32(MemoryLayout<agent_event_def>.size)
        while table.describe_event(UInt32(result.count), &event) == AGENT_OK {
            result.append(event)
        }
        return result
    }

    /// The library stays open: what it handed out is constant.
    private static func enter(_ path: String) throws(LibraryUnusable) -> agent_plugin {
        typealias Entry =
            @convention(c) (
                UnsafePointer<agent_host>?, UnsafeMutablePointer<UnsafePointer<agent_plugin>?>?,
                UnsafeMutablePointer<agent_error>?
            ) -> agent_status
        guard let image = dlopen(path, RTLD_NOW | RTLD_LOCAL),
            let symbol = dlsym(image, "agent_plugin_entry")
        else { throw LibraryUnusable(description: String(cString: dlerror())) }
        var host = agent_host(
            size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0, reserved: 0,
            version: agent_str(), context: nil, get_interface: { _, _ in nil })
        var plugin: UnsafePointer<agent_plugin>?
        let status = unsafeBitCast(symbol, to: Entry.self)(&host, &plugin, nil)
        guard let plugin else {
            throw LibraryUnusable(description: "\(path) was entered with status \(status)")
        }
        return plugin.pointee
    }
}
