import CAgentPlugin
import MetricRegistry
import Telemetry

/// Updates on their way to a stream: taps the registry, copies what is applied.
///
/// What counters and sums are given is added up here, one sample for each series: a burst needs no room, and nothing of
/// it is lost. Single values need theirs; of a gauge the newest one stays when there is none.
final class StreamQueue: UpdateTap {
    static let maximumSamples = 65_536
    static let maximumBytes = 8 << 20

    let id: String
    let samples = BatchQueue<SampleBatch>(maximumCount: maximumSamples, maximumBytes: maximumBytes)

    init(id: String) { self.id = id }

    func updated(_ update: borrowing AppliedUpdate) {
        let metric = update.metric
        let labels = update.labels
        let value = agent_value(update.value)
        let key = SampleBatch.Key(
            series: update.series, part: update.part,
            isInteger: value.type == UInt32(AGENT_VALUE_I64))
        let (addsUp, isGauge) = (update.kind.addsUp, update.kind == .lastValue)
        samples.add(
            merging: { addsUp && $0.merge(key, metric, labels, adding: value) },
            appending: { $0.append(key, metric, labels, value) },
            orElse: { if isGauge { $0.replace(key, metric, labels, with: value) } })
    }
}
