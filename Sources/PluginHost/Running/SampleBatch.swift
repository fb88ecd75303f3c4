import CAgentPlugin
import Glibc
import MetricRegistry

/// Updates copied out of their emitters' threads.
struct SampleBatch: QueuedBatch {
    struct Record {
        let metric: MetricName
        let series: UInt64
        fileprivate(set) var value: agent_value
        /// How many updates it is.
        fileprivate(set) var updates: UInt64 = 1
        fileprivate let labels: Range<Int>
    }

    /// A series of one metric, integers and reals apart: a sum of both would not be exact.
    struct Key: Hashable {
        let series: UInt64
        let part: UInt32
        let isInteger: Bool
    }

    /// Room that is kept from one batch to the next.
    private static let keptSamples = 16_384

    private(set) var records: [Record] = []
    private var bytes: [UInt8] = []
    /// The newest record of each series.
    private var newest: [Key: Int] = [:]

    var count: Int { records.count }
    var byteCount: Int { bytes.count }

    mutating func append(
        _ key: Key, _ metric: MetricName, _ labels: UnsafeRawBufferPointer, _ value: agent_value
    ) {
        var range = bytes.count..<bytes.count + labels.count
        if let old = find(key, metric, labels) {
            range = records[old].labels
        } else {
            bytes.append(contentsOf: labels)
        }
        newest[key] = records.count
        records.append(Record(metric: metric, series: key.series, value: value, labels: range))
    }

    /// Adds to the newest record of the series; false where there is none, or the sum would not be exact.
    mutating func merge(
        _ key: Key, _ metric: MetricName, _ labels: UnsafeRawBufferPointer,
        adding value: agent_value
    ) -> Bool {
        guard let number = find(key, metric, labels),
            let sum = records[number].value.adding(value)
        else { return false }
        records[number].value = sum
        records[number].updates &+= 1
        return true
    }

    /// Puts a value in the place of the series' newest one, if there is one.
    mutating func replace(
        _ key: Key, _ metric: MetricName, _ labels: UnsafeRawBufferPointer, with value: agent_value
    ) {
        guard let number = find(key, metric, labels) else { return }
        records[number].value = value
    }

    /// The newest record of a series. An id may be another's by now, so the labels have to be the same.
    private func find(
        _ key: Key, _ metric: MetricName, _ labels: UnsafeRawBufferPointer
    ) -> Int? {
        guard let number = newest[key], records[number].metric == metric,
            records[number].labels.count == labels.count
        else { return nil }
        let isSame = bytes.withUnsafeBytes { bytes in
            let known = UnsafeRawBufferPointer(rebasing: bytes[records[number].labels])
            guard let one = known.baseAddress, let other = labels.baseAddress else { return true }
            return memcmp(one, other, labels.count) == 0
        }
        return isSame ? number : nil
    }

    mutating func removeAll() {
        let isLarge = records.count > Self.keptSamples
        records.removeAll(keepingCapacity: !isLarge)
        bytes.removeAll(keepingCapacity: !isLarge)
        newest.removeAll(keepingCapacity: !isLarge)
    }

    /// Keeps the records for which `isWanted` holds.
    mutating func keep(_ isWanted: (Record, _ labels: ArraySlice<UInt8>) -> Bool) {
        newest.removeAll(keepingCapacity: true)
        records.removeAll { !isWanted($0, bytes[$0.labels]) }
    }

    /// How many updates the samples of a range are.
    func updates(in range: Range<Int>) -> UInt64 { records[range].reduce(0) { $0 &+ $1.updates } }

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

extension agent_value {
    /// The sum of two of one kind and scale; nil where it cannot be told exactly, or is not finite.
    fileprivate func adding(_ other: agent_value) -> agent_value? {
        guard type == other.type, exponent10 == other.exponent10 else { return nil }
        var sum = self
        if type == UInt32(AGENT_VALUE_I64) {
            let (integer, overflow) = self.as.i64.addingReportingOverflow(other.as.i64)
            guard !overflow else { return nil }
            sum.as.i64 = integer
        } else {
            sum.as.f64 += other.as.f64
            guard sum.as.f64.isFinite else { return nil }
        }
        return sum
    }
}
