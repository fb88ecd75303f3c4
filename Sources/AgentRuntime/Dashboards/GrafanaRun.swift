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
    /// Those of the whole configuration: the dashboards they bring along are pushed too.
    private let all: [PluginSpec]
    private let deadline: Duration

    /// - Parameter directory: Dashboards that were named, which are pushed instead of what the configuration says. They
    ///   are not all there are, so that none is removed for them. Nil: exactly what the running agent does.
    init(_ survey: PluginSurvey, _ mode: Mode, directory: String?, deadline: Duration) {
        var changes: JSONObject = ["run": .string(mode.rawValue)]
        if let directory {
            changes["dashboards"] = .array([.string(directory)])
            changes["plugin_dashboards"] = false
            changes["remove_retired"] = false
        }
        all = survey.described.map(\.spec)
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
        host.lendDashboards(of: all)
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
