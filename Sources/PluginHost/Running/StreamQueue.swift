import CAgentPlugin
import MetricRegistry
import Telemetry

/// Updates on their way to a stream: taps the registry, copies what is applied.
final class StreamQueue: UpdateTap {
    static let maximumSamples = 16384
    static let maximumBytes = 4 << 20

    let id: String
    let samples = BatchQueue<SampleBatch>(maximumCount: maximumSamples, maximumBytes: maximumBytes)

    init(id: String) { self.id = id }

    func updated(_ update: borrowing AppliedUpdate) {
        let metric = update.metric
        let labels = update.labels
        let value = agent_value(update.value)
        let series = update.series
        samples.add { $0.append(metric, labels, value, series) }
    }
}

/// Updates copied out of their emitters' threads.
struct SampleBatch: QueuedBatch {
    struct Record {
        let metric: MetricName
        let value: agent_value
        let series: UInt64
        fileprivate let labels: Range<Int>
    }

    private(set) var records: [Record] = []
    private var bytes: [UInt8] = []

    var count: Int { records.count }
    var byteCount: Int { bytes.count }

    mutating func append(
        _ metric: MetricName, _ labels: UnsafeRawBufferPointer, _ value: agent_value,
        _ series: UInt64
    ) {
        let start = bytes.count
        bytes.append(contentsOf: labels)
        records.append(
            Record(metric: metric, value: value, series: series, labels: start..<bytes.count))
    }

    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Keeps the records for which `isWanted` holds.
    mutating func keep(_ isWanted: (Record, _ labels: ArraySlice<UInt8>) -> Bool) {
        records.removeAll { !isWanted($0, bytes[$0.labels]) }
    }

    /// Hands out samples `range` as the ABI has them; views are valid during `body`.
    func withSamples<Result>(
        _ range: Range<Int>, time: Int64, families: [MetricName: UnsafePointer<agent_family>],
        _ body: (UnsafePointer<agent_sample>?, UInt32) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { bytes in
            let samples = records[range].compactMap { record -> agent_sample? in
                guard let family = families[record.metric] else { return nil }
                let labels = UnsafeRawBufferPointer(rebasing: bytes[record.labels])
                return agent_sample(
                    family: family, labels: agent_str(labels), value: record.value, time_ns: time,
                    series_id: record.series)
            }
            return samples.withUnsafeBufferPointer { body($0.baseAddress, UInt32($0.count)) }
        }
    }
}
