import CAgentPlugin
import MetricRegistry
import Telemetry

/// Tells the author of a plugin what is to be mended: loads a library, walks every interface of it, and gives
/// it input no sensible host gives.
///
/// Runs the plugin's code in this process: what crashes there crashes here, and says so by that. Blocks; every
/// call into the plugin has a deadline.
package struct PluginCheck: Sendable {
    /// Answers what is wrong with a JSON text under a schema; empty where nothing is.
    package typealias Validator = @Sendable (_ schema: String, _ text: String) -> [String]

    private let settings: PluginHost.Settings
    private let validate: Validator
    /// How long one call may take before it is a fault.
    private let patience: Int64

    package init(
        settings: PluginHost.Settings = PluginHost.Settings(),
        patience: Duration = .seconds(10), validate: @escaping Validator = { _, _ in [] }
    ) {
        self.settings = settings
        self.patience = patience.nanoseconds
        self.validate = validate
    }

    /// Checks a library. `exampleSettings`: settings its schema accepts, where it needs any to work.
    package func run(_ file: String, exampleSettings: String = "{}") -> PluginCheckReport {
        var report = PluginCheckReport()
        let bus = TelemetryBus()
        do {
            let host = PluginHost(
                bus: bus, registry: try MetricRegistry(bus: bus), settings: settings)
            let spec = PluginSpec(name: "check", library: PluginLocation(file: file))
            let library = try host.load(spec)
            let description = try PluginDescription(library, spec)
            report.description = description
            checkDescription(description, library, &report)
            checkInterfaces(library, &report)
            checkInstances(host, library, description, exampleSettings, &report)
        } catch {
            report.add(.fault, "\(error)")
        }
        return report
    }

    // MARK: What it says of itself

    private func checkDescription(
        _ description: PluginDescription, _ library: PluginLibrary,
        _ report: inout PluginCheckReport
    ) {
        let silent = description.kinds.subtracting(library.note.kinds)
        if !silent.isEmpty {
            report.add(
                .warning,
                "its note does not name \(silent), which it offers: name every kind in AGENT_PLUGIN_NOTE"
            )
        }
        if description.kinds.isEmpty {
            report.add(
                .fault, "it offers no interface: get_interface knows none of those there are")
        }
        if description.summary.isEmpty {
            report.add(.warning, "its summary is empty: say in one sentence what it does")
        }
        if description.version.split(separator: ".").count != 3 {
            report.add(
                .warning,
                "its version \(quoted(description.version)) is no semantic version such as 1.4.0")
        }
        if let schema = description.settingsSchema {
            for fault in validate(schema, "{}").prefix(5) {
                report.add(.note, "its settings cannot be left empty: \(fault)")
            }
        } else {
            report.add(.note, "it has no settings schema: mistakes in its settings go unnoticed")
        }
        checkMetrics(description, &report)
    }

    private func checkMetrics(_ description: PluginDescription, _ report: inout PluginCheckReport) {
        let documented = Set(description.events.map(\.name))
        for metric in description.metrics {
            if metric.help.isEmpty {
                report.add(.warning, "metric \(metric.name) has no help text")
            }
            for source in metric.sources where !documented.contains(source.event.description) {
                report.add(
                    .warning,
                    "metric \(metric.name) listens to \(source.event), which describe_event does not document"
                )
            }
            if metric.labels.count > 10 {
                report.add(
                    .warning,
                    "metric \(metric.name) has \(metric.labels.count) labels: each multiplies its series"
                )
            }
        }
        for dashboard in description.dashboards where !dashboard.json.hasPrefix("{") {
            report.add(.fault, "dashboard \(dashboard.uid) is no JSON object")
        }
    }

    // MARK: Its tables

    private func checkInterfaces(_ library: PluginLibrary, _ report: inout PluginCheckReport) {
        for (_, _, id) in PluginKinds.all
        where library.descriptor.interface(id) != library.descriptor.interface(id) {
            report.add(
                .fault, "get_interface answers \(id) differently each time; the table is static")
        }
        for id in [
            "", "agent.exporter/2", "agent.exporter", "x", String(repeating: "x", count: 4096),
        ] {
            if library.descriptor.interface(id) != nil {
                report.add(
                    .fault, "get_interface knows \(quoted(id)), which is no interface: answer NULL")
            }
        }
        // Past the end it must keep saying so.
        for index in [UInt32(library.declarations.metrics.count), 1 << 20, .max] {
            var definition = agent_metric_def()
            definition.size = UInt32(MemoryLayout<agent_metric_def>.size)
            let status = library.interfaces.metrics?.describe_metric?(index, &definition)
            if let status, status != AGENT_END {
                report.add(
                    .fault,
                    "describe_metric answers \(status) for index \(index); past the last it answers AGENT_END (1)"
                )
            }
        }
        if let exporter = library.interfaces.exporter,
            exporter.interval_ns <= 0 || exporter.timeout_ns <= 0
        {
            report.add(.warning, "its exporter names no interval or timeout; the host's are used")
        }
        if let poll = library.interfaces.poll, poll.interval_ns <= 0 || poll.timeout_ns <= 0 {
            report.add(.warning, "its poll names no interval or timeout; the host's are used")
        }
    }

    // MARK: Its instances

    private func checkInstances(
        _ host: PluginHost, _ library: PluginLibrary, _ description: PluginDescription,
        _ exampleSettings: String, _ report: inout PluginCheckReport
    ) {
        for hostile in HostileInput.settings {
            withProbe(host, library, description, hostile.text, &report) { _, probe in
                if probe.create() == .made { probe.destroy() }
            } onSurvival: { report, outcome in
                if case .made = outcome, hostile.mustFail {
                    report.add(
                        .warning,
                        "create accepts \(hostile.name) as settings: parse them, and refuse what is no JSON object"
                    )
                }
            }
        }
        withProbe(host, library, description, exampleSettings, &report) { report, probe in
            guard probe.create() == .made else { return }
            probe.walk(&report)
            probe.destroy()
        } onSurvival: { report, outcome in
            if case .refused(let code, let text) = outcome {
                report.add(
                    .note,
                    "its interfaces were not called, because create refuses the settings \(exampleSettings) "
                        + "with \(code): \(text)")
            }
        }
    }

    private func withProbe(
        _ host: PluginHost, _ library: PluginLibrary, _ description: PluginDescription,
        _ settings: String, _ report: inout PluginCheckReport,
        _ body: (inout PluginCheckReport, InstanceProbe) -> Void,
        onSurvival: (inout PluginCheckReport, InstanceProbe.Outcome) -> Void
    ) {
        let probe = InstanceProbe(
            host, library, description, settings: settings, patience: patience)
        body(&report, probe)
        for finding in probe.findings { report.add(finding.severity, finding.text) }
        onSurvival(&report, probe.outcome)
    }
}

/// Settings no configuration check lets through, and some it may.
enum HostileInput {
    struct Settings {
        let name: String
        let text: String
        /// It is no JSON object, so a plugin that reads its settings refuses it.
        let mustFail: Bool
    }

    static let settings: [Settings] = [
        Settings(name: "nothing", text: "", mustFail: false),
        Settings(name: "an empty object", text: "{}", mustFail: false),
        Settings(name: "text that is not JSON", text: "\u{1}{{{]]\"\\", mustFail: true),
        Settings(name: "an array", text: "[1,2,3]", mustFail: false),
        Settings(
            name: "an object nested 10000 deep",
            text: String(repeating: "{\"a\":", count: 10_000) + "1"
                + String(repeating: "}", count: 10_000),
            mustFail: false),
        Settings(
            name: "a string of 4 MiB",
            text: "{\"path\":\"" + String(repeating: "x", count: 4 << 20) + "\"}", mustFail: false),
        Settings(
            name: "wrong types and huge numbers",
            text:
                "{\"path\":1e999,\"number\":\"x\",\"interval\":-9223372036854775809,\"url\":null}",
            mustFail: false),
    ]

    /// Text of a kind that finds buffers that are too small.
    static let longText = String(repeating: "\u{1F4A5}\n\"\\", count: 4096)
}
