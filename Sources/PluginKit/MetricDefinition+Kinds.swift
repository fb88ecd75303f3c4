/// The six kinds. `from` names the events; `of` the measurement and `in` its unit, where "duration" means the
/// unit the operator set; `unit` is the base unit of what is shown, which also ends the name.
extension MetricDefinition {
    /// Counts events. The name ends in `_total`.
    public static func counter(
        _ name: String, _ help: String, from sources: MetricSource..., labels: [Label] = []
    ) -> MetricDefinition {
        make(.counter, name, help, sources, nil, "", "", labels)
    }

    /// Adds a measurement that is never negative. The name ends in `_total`.
    public static func sum(
        _ name: String, _ help: String, of measurement: String, in measurementUnit: String = "",
        from sources: MetricSource..., unit: String = "", labels: [Label] = []
    ) -> MetricDefinition {
        make(.sum, name, help, sources, measurement, measurementUnit, unit, labels)
    }

    /// Shows the newest measurement, or that there was an event, as 1: a gauge.
    public static func lastValue(
        _ name: String, _ help: String, of measurement: String? = nil,
        in measurementUnit: String = "",
        from sources: MetricSource..., unit: String = "", labels: [Label] = []
    ) -> MetricDefinition {
        make(.lastValue, name, help, sources, measurement, measurementUnit, unit, labels)
    }

    /// Adds 1 or a measurement, times the source's factor: a gauge that goes up and down.
    public static func upDownCounter(
        _ name: String, _ help: String, of measurement: String? = nil,
        in measurementUnit: String = "",
        from sources: MetricSource..., unit: String = "", labels: [Label] = []
    ) -> MetricDefinition {
        make(.upDownCounter, name, help, sources, measurement, measurementUnit, unit, labels)
    }

    /// Sorts measurements into buckets with these inclusive upper bounds, in `unit`, `+Inf` left out.
    public static func distribution(
        _ name: String, _ help: String, of measurement: String, in measurementUnit: String = "",
        from sources: MetricSource..., unit: String = "", labels: [Label] = [], buckets: [Double]
    ) -> MetricDefinition {
        var made = make(
            .distribution, name, help, sources, measurement, measurementUnit, unit, labels)
        made.buckets = buckets
        return made
    }

    /// Quantiles of the measurements, each off by at most 1 %.
    public static func summary(
        _ name: String, _ help: String, of measurement: String, in measurementUnit: String = "",
        from sources: MetricSource..., unit: String = "", labels: [Label] = [],
        quantiles: [Double] = [0.5, 0.9, 0.99]
    ) -> MetricDefinition {
        var made = make(.summary, name, help, sources, measurement, measurementUnit, unit, labels)
        made.quantiles = quantiles
        return made
    }

    private static func make(
        _ kind: Kind, _ name: String, _ help: String, _ sources: [MetricSource],
        _ measurement: String?, _ measurementUnit: String, _ unit: String, _ labels: [Label]
    ) -> MetricDefinition {
        var made = MetricDefinition(kind, name, help)
        made.sources = sources.map { $0.measuring(measurement) }
        made.measurementUnit = measurementUnit
        made.unit = unit
        made.labels = labels
        return made
    }
}
