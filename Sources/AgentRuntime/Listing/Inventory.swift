import AgentConfiguration
import MetricRegistry
import PluginHost
import Telemetry

/// What there would be, exactly, without starting anything: no instance is made, no socket opened.
struct Inventory {
    let metrics: MetricListing
    let events: EventListing
    let plugins: PluginListing
    let handlers: HandlerListing
    /// The configuration's plugins; nil without a configuration.
    let survey: PluginSurvey?

    /// - Parameters:
    ///   - configuration: whose plugins and metrics are shown; nil for the shipped plugins.
    ///   - libraries: further libraries, by path.
    init(_ configuration: AgentConfiguration?, libraries: [String]) throws {
        let host = try PluginHost.forLooking(configuration)
        var rows: [PluginListing.Row] = []
        survey = configuration.map { PluginSurvey($0, host: host) }
        if let survey {
            rows = survey.entries.map { entry in
                PluginListing.Row(
                    name: entry.spec.name, file: entry.spec.library.file, outcome: entry.outcome)
            }
        } else if libraries.isEmpty {
            rows = Self.rows(PluginDirectories.shippedLibraries, host)
                .filter { !$0.isForeign }
        }
        rows += Self.rows(libraries, host)
        let usable = rows.compactMap { row in
            (try? row.outcome.get()).map { (name: row.name, plugin: $0) }
        }
        let configured = ConfiguredMetrics(configuration?.metrics ?? []).definitions
        let ownMetrics = try SelfMetric.definitions()

        plugins = PluginListing(rows)
        metrics = MetricListing(
            ownMetrics.map { MetricListing.Row(definition: $0, plugin: SelfMetric.owner) }
                + configured.map {
                    MetricListing.Row(definition: $0, plugin: MetricConfiguration.owner)
                }
                + usable.flatMap { name, plugin in
                    plugin.metrics.map { MetricListing.Row(definition: $0, plugin: name) }
                })
        handlers = HandlerListing(configuration, plugins: usable)
        let documented =
            AgentEvent.all
            + usable.flatMap { name, plugin in
                plugin.events.map { EventListing.Row($0, plugin: name) }
            }
        events = EventListing(
            documented
                + EventListing.Row.undocumented(
                    in: configured, besides: Set(documented.map(\.name)),
                    plugin: MetricConfiguration.owner))
    }

    private static func rows(_ files: [String], _ host: PluginHost) -> [PluginListing.Row] {
        let specs = files.map { PluginSpec(name: $0, library: PluginLocation(file: $0)) }
        return zip(files, host.describe(specs)).map { file, outcome in
            let name =
                switch outcome {
                case .success(let description): description.name.lowercased()
                case .failure: file.split(separator: "/").last.map(String.init) ?? file
                }
            return PluginListing.Row(name: name, file: file, outcome: outcome)
        }
    }
}

extension PluginListing.Row {
    /// Whether it is some other library that happens to lie there.
    fileprivate var isForeign: Bool {
        guard case .failure(let refusal) = outcome else { return false }
        return refusal.code == "no_note"
    }
}
