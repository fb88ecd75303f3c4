import AgentConfiguration
import PluginHost

extension PluginConfiguration {
    /// What the plugin host is to load and run; the settings come once the plugin's schema is known.
    func spec(directories: [String]) -> PluginSpec {
        var spec = PluginSpec(
            name: name,
            library: PluginLocation(file: file, directories: directories))
        spec.sha256 = sha256
        spec.isRequired = isRequired
        spec.eventPrefix = eventPrefix
        spec.metricPrefix = metricPrefix
        if let durationUnit { spec.durationUnit = durationUnit.rawValue }
        spec.adjustments = metrics.mapValues { override in
            MetricAdjustment(
                drop: override.drop, buckets: override.buckets, dropLabels: override.dropLabels,
                maxSeries: override.maxSeries, expireAfter: override.expireAfter)
        }
        spec.interval = interval
        spec.timeout = timeout
        spec.filter = SnapshotFilter(include: include.map(\.rule), exclude: exclude.map(\.rule))
        return spec
    }
}

extension PluginConfiguration {
    /// A file name, or a path that is absolute: one of a configuration that was itself named by a relative path is not yet.
    private var file: String {
        let file = library.fileName
        return file.contains("/") ? AbsolutePath.of(file) : file
    }
}

extension SampleFilter {
    fileprivate var rule: SnapshotFilter.Rule {
        SnapshotFilter.Rule(metric: metric, labels: labels)
    }
}

extension PluginSpec {
    /// Takes over settings that the plugin's schema has accepted.
    mutating func use(_ accepted: AcceptedSettings) {
        settings = JSONWriter(.compact).write(accepted.value)
        secrets = PluginSecrets(accepted.secrets.mapValues { Array($0.revealed().utf8) })
        guard case .object(let members) = accepted.value else { return }
        for (key, value) in members.members {
            switch value {
            case .string(let text): plainSettings[key] = text
            case .integer(let number): plainSettings[key] = "\(number)"
            case .number(let number): plainSettings[key] = "\(number)"
            case .null, .bool, .array, .object: break
            }
        }
    }
}

extension AgentConfiguration.PluginLoad {
    var mode: PluginLoadMode {
        switch self {
        case .memfd: .memory
        case .path: .path
        }
    }
}
