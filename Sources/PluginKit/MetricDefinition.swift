import CAgentPlugin

/// One metric, described: the host keeps its series and no code of the plugin runs per event.
///
/// Source: agent/metrics.h.
public struct MetricDefinition: Sendable {
    enum Kind: UInt32 {
        case counter = 1
        case sum
        case lastValue
        case upDownCounter
        case distribution
        case summary
    }

    let kind: Kind
    let name: String
    let help: String
    var sources: [MetricSource] = []
    var labels: [Label] = []
    var unit = ""
    var measurementUnit = ""
    var buckets: [Double] = []
    var quantiles: [Double] = []
    private var keep: [Condition] = []
    private var drop: [Condition] = []
    private var maxSeries: UInt32 = 0
    private var expireAfter = Duration.zero
    private var flags: UInt32 = 0

    init(_ kind: Kind, _ name: String, _ help: String) {
        self.kind = kind
        self.name = name
        self.help = help
    }

    /// Only events whose metadata pass all of these count.
    public func keeping(_ conditions: Condition...) -> MetricDefinition {
        changed { $0.keep += conditions }
    }

    /// Events whose metadata pass any of these do not count.
    public func dropping(_ conditions: Condition...) -> MetricDefinition {
        changed { $0.drop += conditions }
    }

    /// At most so many label sets; further ones share one overflow series.
    public func limited(to maxSeries: UInt32) -> MetricDefinition {
        changed { $0.maxSeries = maxSeries }
    }

    /// A series that was not updated for so long is removed. Not for what counts.
    public func expiring(after idle: Duration) -> MetricDefinition {
        changed { $0.expireAfter = idle }
    }

    /// An event without the measurement is normal: it is passed over, not counted as skipped.
    public func measuringWhenPresent() -> MetricDefinition {
        changed { $0.flags |= AGENT_METRIC_OPTIONAL_MEASUREMENT }
    }

    private func changed(_ change: (inout MetricDefinition) -> Void) -> MetricDefinition {
        var copy = self
        change(&copy)
        return copy
    }

    func inMemory(_ memory: StaticMemory) -> agent_metric_def {
        var definition = agent_metric_def()
        definition.size = UInt32(MemoryLayout<agent_metric_def>.size)
        definition.kind = kind.rawValue
        definition.flags = flags
        definition.max_series = maxSeries
        definition.name = memory.text(name)
        definition.help = memory.text(help)
        definition.unit = memory.text(unit)
        definition.measurement_unit = memory.text(measurementUnit)
        definition.sources = memory.array(sources.map { $0.inMemory(memory) })
        definition.labels = memory.array(labels.map { $0.inMemory(memory) })
        definition.keep = memory.array(keep.map { $0.inMemory(memory) })
        definition.drop = memory.array(drop.map { $0.inMemory(memory) })
        definition.buckets = memory.array(buckets)
        definition.quantiles = memory.array(quantiles)
        definition.sources_count = UInt32(sources.count)
        definition.labels_count = UInt32(labels.count)
        definition.keep_count = UInt32(keep.count)
        definition.drop_count = UInt32(drop.count)
        definition.buckets_count = UInt32(buckets.count)
        definition.quantiles_count = UInt32(quantiles.count)
        definition.expire_after_ns = expireAfter.nanoseconds
        return definition
    }
}
