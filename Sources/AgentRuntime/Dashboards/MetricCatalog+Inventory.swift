import Dashboards
import MetricRegistry
import PluginHost

extension MetricCatalog {
    /// The metrics there would be.
    init(_ metrics: MetricListing) {
        self.init(
            metrics.rows.compactMap { row in
                MetricCatalog.Metric(row.definition, owner: row.plugin)
            })
    }
}

extension MetricCatalog.Metric {
    /// A definition as the dashboards see it.
    init?(_ definition: MetricDefinition, owner: String) {
        guard let kind = Kind(rawValue: definition.kind.rawValue) else { return nil }
        self.init(
            name: definition.name.description, kind: kind, help: definition.help,
            unit: definition.unit, labels: definition.labels.map(\.name.description),
            quantiles: definition.quantiles, owner: owner)
    }
}

extension MetricRenaming {
    /// What a configuration calls the metrics its plugins declare. Where several instances of a
    /// plugin rename them, the first one's names are taken.
    init(_ survey: PluginSurvey, host: PluginHost) {
        self.init()
        for (spec, description) in survey.described where spec.metricPrefix != nil {
            let plain = PluginSpec(name: spec.name, library: spec.library)
            guard let declared = try? host.describe(plain) else { continue }
            for definition in declared.metrics {
                let name = definition.name.description
                guard let metric = MetricCatalog.Metric(definition, owner: spec.name),
                    name.hasPrefix(declared.metricPrefix)
                else { continue }
                let own = name.dropFirst(declared.metricPrefix.count).drop { $0 == "_" }
                let prefix = description.metricPrefix
                rename(metric, to: prefix.isEmpty ? String(own) : "\(prefix)_\(own)")
            }
        }
    }
}
