import Redaction
import Telemetry

/// The names of a shape, which outlive it.
final class EventKeys: Sendable {
    let name: EventName
    let measurements: [String]
    let metadata: [String]

    init(_ shape: EventShape.Pointer) {
        name = shape.pointee.name
        measurements = shape.pointee.measurementKeys
        metadata = shape.pointee.metadataKeys
    }
}

/// An event that outlives its emission: made with one allocation, read elsewhere.
struct EventCopy: Sendable {
    let keys: EventKeys
    /// Nanoseconds since 1970.
    let time: Int64
    /// The measurements, the correlation id, the metadata: each with its kind, texts with their length.
    private let bytes: [UInt8]

    /// Texts are kept up to so many bytes in all; what finds no room is cut.
    private static let room = 64 << 10
    fileprivate static let cellSize = 9
    fileprivate static let headSize = 5
    fileprivate static let cutFlag: UInt8 = 0x80

    /// - Parameter time: where the emitter did not say
    init(_ frame: UnsafePointer<EventFrame>, _ keys: EventKeys, time: @autoclosure () -> Int64) {
        self.keys = keys
        let timestamp = frame.pointee.timestamp
        self.time = timestamp == EventFrame.noTimestamp ? time() : timestamp
        var own = frame.pointee.correlation.isAbsent ? Correlation.current : nil
        guard own != nil else {
            bytes = Self.pack(frame, keys, frame.pointee.correlation)
            return
        }
        bytes =
            own?.withUTF8 {
                Self.pack(frame, keys, MetadataText(start: $0.baseAddress, count: $0.count))
            } ?? []
    }

    /// How much memory it takes, about.
    var size: Int { bytes.count + 64 }

    private static func pack(
        _ frame: UnsafePointer<EventFrame>, _ keys: EventKeys, _ correlation: MetadataText
    ) -> [UInt8] {
        var texts = min(room, Int(correlation.count))
        for index in keys.metadata.indices {
            texts += min(room - texts, Int(frame.pointee.metadata[index].count))
        }
        let size =
            keys.measurements.count * cellSize + (keys.metadata.count + 1) * headSize + texts
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var writer = Writer(position: UnsafeMutableRawPointer(start), room: room)
            for index in keys.measurements.indices {
                writer.write(frame.pointee.measurements[index])
            }
            writer.write(correlation)
            for index in keys.metadata.indices { writer.write(frame.pointee.metadata[index]) }
            count = size
        }
    }

    private struct Writer {
        var position: UnsafeMutableRawPointer
        var room: Int

        mutating func write(_ cell: MeasurementCell) {
            position.storeBytes(of: cell.bits, as: UInt64.self)
            position.storeBytes(of: cell.kind.rawValue, toByteOffset: 8, as: UInt8.self)
            position += EventCopy.cellSize
        }

        mutating func write(_ text: MetadataText) {
            let count = min(room, Int(text.count))
            room -= count
            let flag = count < Int(text.count) ? EventCopy.cutFlag : 0
            position.storeBytes(of: text.kind.rawValue | flag, as: UInt8.self)
            position.storeBytes(of: UInt32(count), toByteOffset: 1, as: UInt32.self)
            position += EventCopy.headSize
            if count > 0, let start = text.start {
                position.copyMemory(from: start, byteCount: count)
                position += count
            }
        }
    }
}

// MARK: Reading

/// What an event said, where it lies: good for the time of the call that lends it.
struct EventReader {
    fileprivate let bytes: UnsafeRawBufferPointer
    fileprivate let texts: UnsafeBufferPointer<Text>

    /// Where a text is, and what it is.
    fileprivate struct Text {
        let start: Int
        let count: Int
        let kind: MetadataText.Kind
        let isCut: Bool
    }

    func measurement(at index: Int) -> MeasurementCell {
        let offset = index * EventCopy.cellSize
        let kind = MeasurementCell.Kind(rawValue: bytes[offset + 8]) ?? .absent
        return MeasurementCell(
            bits: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), kind: kind)
    }

    /// The metadata of the key at this index, as it came.
    func metadata(at index: Int) -> MetadataText { text(texts[index + 1]) }
    func isCut(at index: Int) -> Bool { texts[index + 1].isCut }
    var correlationID: MetadataText { text(texts[0]) }

    private func text(_ text: Text) -> MetadataText {
        let piece = UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.start + text.count])
        let view = piece.assumingMemoryBound(to: UInt8.self)
        return MetadataText(start: view.baseAddress, count: text.count, kind: text.kind)
    }

    /// The metadata of the key at this index; nil where there is no such key, and where it is absent or empty.
    func word(at index: Int?) -> String? {
        index.flatMap { value(at: $0)?.text }.flatMap { $0.isEmpty ? nil : $0 }
    }

    fileprivate func value(at index: Int) -> MetadataValue? {
        let text = metadata(at: index)
        guard isCut(at: index) else { return text.value }
        return .string(String(decoding: text.bytes, as: UTF8.self) + Redactor.cutMark)
    }
}

extension EventCopy {
    /// Lends all that the event said.
    func read<Result>(_ body: (EventReader) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            let count = keys.metadata.count + 1
            return withUnsafeTemporaryAllocation(of: EventReader.Text.self, capacity: count) {
                texts in
                var offset = keys.measurements.count * Self.cellSize
                for index in 0..<count {
                    let kind = bytes[offset]
                    let length = Int(
                        bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self))
                    texts[index] = EventReader.Text(
                        start: offset + Self.headSize, count: length,
                        kind: MetadataText.Kind(rawValue: kind & ~Self.cutFlag) ?? .absent,
                        isCut: kind & Self.cutFlag != 0)
                    offset += Self.headSize + length
                }
                return body(EventReader(bytes: bytes, texts: UnsafeBufferPointer(texts)))
            }
        }
    }

    /// Everything the event said.
    func unpacked() -> UnpackedEvent {
        read { reader in
            var event = UnpackedEvent(name: keys.name, time: time)
            event.measurements.pairs.reserveCapacity(keys.measurements.count)
            event.metadata.pairs.reserveCapacity(keys.metadata.count)
            for (index, key) in keys.measurements.enumerated() {
                if let measurement = reader.measurement(at: index).measurement {
                    event.measurements.pairs.append((key, measurement))
                }
            }
            event.correlationID = reader.correlationID.string
            for (index, key) in keys.metadata.enumerated() {
                if let value = reader.value(at: index) { event.metadata.pairs.append((key, value)) }
            }
            return event
        }
    }
}

/// An event as its readers have it.
struct UnpackedEvent: Sendable {
    let name: EventName
    /// Nanoseconds since 1970.
    let time: Int64
    var measurements = Measurements()
    var metadata = Metadata()
    var correlationID: String?

    /// The metadata of this key as text; nil where it is absent or empty.
    func text(_ key: String) -> String? {
        metadata[key]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
}
