import MetricRegistry
import Synchronization
import Telemetry

/// A registry on a bus of its own whose clocks stand still.
struct RegistryFixture: Sendable {
    static let start: Int64 = 1_700_000_000_000_000_000

    let bus: TelemetryBus
    let registry: MetricRegistry

    init(
        maximumSeries: Int = 2000, tickLength: Duration = .seconds(1),
        _ definitions: MetricDefinition...
    ) throws {
        bus = TelemetryBus(clock: TelemetryClock(monotonic: { 0 }, system: { Self.start }))
        var settings = MetricRegistry.Settings()
        settings.maximumSeries = maximumSeries
        settings.tickLength = tickLength
        registry = try MetricRegistry(bus: bus, settings: settings)
        if !definitions.isEmpty { try registry.declare(definitions, owner: "test") }
    }

    /// What a scrape would see now, by metric and rendered labels.
    func read(_ name: String) throws -> [String: ReadSample] {
        let name = try MetricName(name)
        let snapshot = registry.snapshot()
        guard let family = snapshot.families.first(where: { $0.definition.name == name }) else {
            return [:]
        }
        return Dictionary(
            uniqueKeysWithValues: family.samples().map { ($0.labels, $0) })
    }

    /// The value of the one series of a metric without labels.
    func value(_ name: String, _ labels: String = "") throws -> MetricValue? {
        try read(name)[labels]?.value
    }

    func statistics(_ name: String) throws -> MetricStatistics? {
        let name = try MetricName(name)
        return registry.statistics.first { $0.name == name }
    }

    func skipped(_ name: String, _ reason: SkipReason) throws -> UInt64? {
        try statistics(name)?.skipped[reason]
    }
}

/// A sample, copied out of its snapshot.
struct ReadSample: Hashable, Sendable {
    let labels: String
    let pairs: [[String]]
    let value: MetricValue
    let sum: MetricValue
    let count: UInt64
    let buckets: [UInt64]
    let quantiles: [Double]
    let startTime: Int64
    let id: UInt64
}

extension FamilySnapshot {
    /// All series, read in batches of `limit`.
    func samples(limit: Int = 64) -> [ReadSample] {
        var result: [ReadSample] = []
        var cursor = 0
        let buckets = [UInt64](repeating: 0, count: max(1, limit * bucketCount))
        let quantiles = [Double](repeating: 0, count: max(1, limit * quantileCount))
        var more = true
        while more {
            var bucketMemory = buckets
            var quantileMemory = quantiles
            more = bucketMemory.withUnsafeMutableBufferPointer { buckets in
                quantileMemory.withUnsafeMutableBufferPointer { quantiles in
                    read(
                        cursor: &cursor, limit: limit,
                        buckets: buckets.baseAddress.unsafelyUnwrapped,
                        quantiles: quantiles.baseAddress.unsafelyUnwrapped
                    ) { _, sample in result.append(copy(sample)) }
                }
            }
        }
        return result
    }

    private func copy(_ sample: SeriesSample) -> ReadSample {
        ReadSample(
            labels: String(decoding: sample.labels, as: UTF8.self),
            pairs: labels(of: sample.id).map {
                [$0.name, String(decoding: $0.value, as: UTF8.self)]
            },
            value: sample.value, sum: sample.sum, count: sample.count,
            buckets: Array(UnsafeBufferPointer(start: sample.buckets, count: bucketCount)),
            quantiles: Array(UnsafeBufferPointer(start: sample.quantiles, count: quantileCount)),
            startTime: sample.startTime, id: sample.id)
    }
}

extension MetricDefinition {
    /// A metric of one event, `t.event` unless said otherwise, labelled by metadata of the same names.
    static func of(
        _ kind: MetricKind, _ name: String, event: EventName = "t.event",
        measurement: String? = nil, labels: [String] = [],
        change: (inout Self) throws -> Void = { _ in }
    ) throws -> Self {
        var result = MetricDefinition(
            name: try MetricName(name), kind: kind, help: "",
            sources: [MetricSource(event: event, measurement: measurement)],
            labels: try labels.map { LabelMapping(name: try LabelName($0), key: $0) })
        try change(&result)
        return result
    }
}
