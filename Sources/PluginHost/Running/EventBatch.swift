import CAgentPlugin
import Telemetry

/// Events copied out of their emitters' threads, one behind the other in memory that is reused.
struct EventBatch: QueuedBatch {
    private struct Record {
        let keys: EventKeys
        let time: Int64
        let correlation: Text
        let firstValue: Int
        let firstText: Int
    }

    /// A place in `bytes`; a negative count is absent.
    private struct Text {
        let start: Int
        let count: Int
        static let absent = Text(start: 0, count: -1)
    }

    private var records: [Record] = []
    private var values: [MeasurementCell] = []
    private var texts: [Text] = []
    private var bytes: [UInt8] = []

    var count: Int { records.count }
    var byteCount: Int { bytes.count }

    /// Copies an event.
    mutating func append(_ frame: UnsafePointer<EventFrame>, _ keys: EventKeys, time: Int64) {
        let record = Record(
            keys: keys, time: time, correlation: copyCorrelation(frame.pointee.correlation),
            firstValue: values.count, firstText: texts.count)
        for index in 0..<keys.measurements.count {
            values.append(frame.pointee.measurements[index])
        }
        for index in 0..<keys.metadata.count {
            let text = copy(frame.pointee.metadata[index])
            texts.append(text)
        }
        records.append(record)
    }

    private mutating func copy(_ text: MetadataText) -> Text {
        guard !text.isAbsent else { return .absent }
        let start = bytes.count
        bytes.append(contentsOf: text.bytes)
        return Text(start: start, count: bytes.count - start)
    }

    private mutating func copyCorrelation(_ text: MetadataText) -> Text {
        guard text.isAbsent else { return copy(text) }
        guard let inherited = Correlation.current else { return .absent }
        let start = bytes.count
        bytes.append(contentsOf: inherited.utf8)
        return Text(start: start, count: bytes.count - start)
    }

    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Hands out events `range` as the ABI has them; views are valid during `body`.
    func withEvents<Result>(
        _ range: Range<Int>, _ body: (UnsafePointer<agent_event>?, UInt32) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { bytes in
            var measurements: [agent_measurement] = []
            var pairs: [agent_pair] = []
            var counts: [(measurements: Int, metadata: Int)] = []
            for record in records[range] {
                let (values, texts) = (measurements.count, pairs.count)
                append(record, &measurements, &pairs, bytes)
                counts.append((measurements.count - values, pairs.count - texts))
            }
            return measurements.withUnsafeBufferPointer { measurements in
                pairs.withUnsafeBufferPointer { pairs in
                    var events: [agent_event] = []
                    var (value, pair) = (0, 0)
                    for (record, count) in zip(records[range], counts) {
                        events.append(
                            agent_event(
                                name: record.keys.name,
                                correlation_id: Self.view(record.correlation, bytes),
                                time_ns: record.time,
                                measurements: measurements.baseAddress.map { $0 + value },
                                metadata: pairs.baseAddress.map { $0 + pair },
                                measurements_count: UInt32(count.measurements),
                                metadata_count: UInt32(count.metadata)))
                        value += count.measurements
                        pair += count.metadata
                    }
                    return events.withUnsafeBufferPointer { body($0.baseAddress, UInt32($0.count)) }
                }
            }
        }
    }

    /// What is absent is left out.
    private func append(
        _ record: Record, _ measurements: inout [agent_measurement], _ pairs: inout [agent_pair],
        _ bytes: UnsafeRawBufferPointer
    ) {
        for (index, key) in record.keys.measurements.enumerated() {
            guard let value = agent_value(values[record.firstValue + index]) else { continue }
            measurements.append(agent_measurement(key: key, value: value))
        }
        for (index, key) in record.keys.metadata.enumerated() {
            let text = texts[record.firstText + index]
            guard text.count >= 0 else { continue }
            pairs.append(agent_pair(name: key, value: Self.view(text, bytes)))
        }
    }

    private static func view(_ text: Text, _ bytes: UnsafeRawBufferPointer) -> agent_str {
        guard text.count >= 0 else { return agent_str(data: nil, size: 0) }
        guard text.count > 0, let start = bytes.baseAddress else {
            // Present but empty: any address that is not NULL.
            return agent_str(data: emptyText, size: 0)
        }
        return agent_str(
            data: (start + text.start).assumingMemoryBound(to: CChar.self),
            size: UInt64(text.count))
    }

    private static var emptyText: UnsafePointer<CChar>? { UnsafePointer(bitPattern: 8) }
}

/// The name and keys of an event shape, in memory of their own: queued events outlive a shape.
///
/// `@unchecked Sendable`: written in `init` only.
final class EventKeys: @unchecked Sendable {
    let name: agent_str
    let measurements: [agent_str]
    let metadata: [agent_str]
    private let memory: UnsafeMutableRawBufferPointer

    init(_ shape: EventShape.Pointer) {
        let texts =
            [shape.pointee.nameBytes] + Array(shape.pointee.measurementKeyBytes)
            + Array(shape.pointee.metadataKeyBytes)
        let size = texts.reduce(1) { $0 + Int($1.count) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        var offset = 0
        let views = texts.map { text -> agent_str in
            let target = UnsafeMutableRawBufferPointer(
                rebasing: memory[offset..<offset + Int(text.count)])
            target.copyBytes(from: text.bytes)
            offset += target.count
            return agent_str(UnsafeRawBufferPointer(target))
        }
        self.memory = memory
        name = views[0]
        let firstMetadata = 1 + shape.pointee.measurementKeyBytes.count
        measurements = Array(views[1..<firstMetadata])
        metadata = Array(views[firstMetadata...])
    }

    deinit { memory.deallocate() }
}

extension agent_value {
    /// Nil where the event has none.
    init?(_ cell: MeasurementCell) {
        switch cell.kind {
        case .absent: return nil
        case .integer: self = agent_i64(cell.integer)
        case .real: self = agent_f64(cell.real)
        }
    }
}
