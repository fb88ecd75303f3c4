import AgentConfiguration
import Dashboards
import Glibc
import MetricRegistry
import PluginHost
import Telemetry

/// One round of the configuration's Grafana plugins, and of nothing else: no intake, no HTTP server, no
/// other plugin.
///
/// Talking to Grafana is the plugin's business. It is told to run once, or to compare only, and says in its
/// log what becomes of each dashboard.
struct GrafanaRun {
    enum Mode: String {
        case once
        /// Nothing is written.
        case compare
    }

    static let pluginID = "agent.grafana"

    private let specs: [PluginSpec]
    private let deadline: Duration

    /// - Parameters:
    ///   - directory: The dashboards, as the configuration has them.
    ///   - isComplete: Whether these are all there are, so that others may be removed.
    init(
        _ survey: PluginSurvey, _ mode: Mode, directory: String, isComplete: Bool,
        deadline: Duration
    ) {
        var changes: JSONObject = [
            "run": .string(mode.rawValue), "dashboards": .array([.string(directory)]),
            "plugin_dashboards": false,
        ]
        if !isComplete { changes["remove_retired"] = false }
        specs = survey.described.filter { $0.description.id == Self.pluginID }.map { spec, _ in
            var spec = spec
            spec.settings = Self.merge(changes, into: spec.settings)
            return spec
        }
        self.deadline = deadline
    }

    /// Whether there is a Grafana to talk to.
    var isConfigured: Bool { !specs.isEmpty }

    private static func merge(_ changes: JSONObject, into settings: String) -> String {
        guard case .object(var object)? = try? JSONReader.read(settings).value else {
            return settings
        }
        for (key, value) in changes.members { object[key] = value }
        return JSONWriter().write(.object(object))
    }

    /// Runs until every instance has said that it has finished, or time is up.
    func report() async throws -> GrafanaReport {
        let (entries, continuation) = AsyncStream.makeStream(of: PluginLogEntry.self)
        let log = PluginLog { continuation.yield($0) }
        let bus = TelemetryBus()
        let host = PluginHost(
            bus: bus, registry: try MetricRegistry(bus: bus),
            settings: .reading(nil, log: log))
        var report = GrafanaReport(instances: specs.map(\.name))
        for outcome in await host.start(specs) {
            if case .failure(let refusal) = outcome.result {
                report.fail(outcome.name, "\(refusal)")
            }
        }
        let clock = Task {
            try? await Task.sleep(for: deadline)
            continuation.finish()
        }
        if !report.isFinished {
            for await entry in entries {
                report.take(entry)
                if report.isFinished { break }
            }
        }
        clock.cancel()
        await host.stop(deadline: .seconds(5))
        report.giveUp(after: deadline)
        return report
    }
}
