package import CAgentPlugin

extension FakeSnapshot {
    /// A metric.
    package struct Family {
        package var kind: UInt32
        package var name: String
        package var help: String
        package var unit: String
        package var labelNames: [String]
        package var bounds: [String]
        package var quantiles: [String]
        package var series: [Series]

        package init(
            kind: UInt32, name: String, help: String = "", unit: String = "",
            labelNames: [String] = [],
            bounds: [String] = [], quantiles: [String] = [], series: [Series] = []
        ) {
            self.kind = kind
            self.name = name
            self.help = help
            self.unit = unit
            self.labelNames = labelNames
            self.bounds = bounds
            self.quantiles = quantiles
            self.series = series
        }
    }

    /// A series of a ``Family``.
    package struct Series {
        package var id: UInt64
        package var labels: String
        package var value: agent_value
        package var sum: agent_value
        package var count: UInt64
        package var buckets: [UInt64]
        package var quantiles: [Double]
        package var start: Int64

        package init(
            id: UInt64 = 0, labels: String = "", value: agent_value = agent_value(),
            sum: agent_value = agent_value(), count: UInt64 = 0, buckets: [UInt64] = [],
            quantiles: [Double] = [], start: Int64 = 0
        ) {
            self.id = id
            self.labels = labels
            self.value = value
            self.sum = sum
            self.count = count
            self.buckets = buckets
            self.quantiles = quantiles
            self.start = start
        }
    }
}
