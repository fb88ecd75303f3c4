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
    private static let cellSize = 9
    private static let headSize = 5
    private static let cutFlag: UInt8 = 0x80

    /// - Parameter time: where the emitter did not say
    init(_ frame: UnsafePointer<EventFrame>, _ keys: EventKeys, time: @autoclosure () -> Int64) {
        self.keys = keys
        self.time = frame.pointee.timestamp == 0 ? time() : frame.pointee.timestamp
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

extension EventCopy {
    /// Everything the event said.
    func unpacked() -> UnpackedEvent {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            func cell() -> MeasurementCell {
                let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let kind = MeasurementCell.Kind(rawValue: bytes[offset + 8]) ?? .absent
                offset += Self.cellSize
                return MeasurementCell(bits: bits, kind: kind)
            }
            func text() -> MetadataValue? {
                let kind = MetadataText.Kind(rawValue: bytes[offset] & ~Self.cutFlag) ?? .absent
                let isCut = bytes[offset] & Self.cutFlag != 0
                let count = Int(
                    bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self))
                let start = offset + Self.headSize
                offset = start + count
                let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
                if isCut {
                    return .string(String(decoding: piece, as: UTF8.self) + Redactor.cutMark)
                }
                let view = piece.assumingMemoryBound(to: UInt8.self)
                return MetadataText(start: view.baseAddress, count: count, kind: kind).value
            }
            var event = UnpackedEvent(name: keys.name, time: time)
            event.measurements.pairs.reserveCapacity(keys.measurements.count)
            event.metadata.pairs.reserveCapacity(keys.metadata.count)
            for key in keys.measurements {
                if let measurement = cell().measurement {
                    event.measurements.pairs.append((key, measurement))
                }
            }
            event.correlationID = text()?.text
            for key in keys.metadata {
                if let value = text() { event.metadata.pairs.append((key, value)) }
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

    /// What stands behind the name's last dot.
    var lastWord: Substring {
        let name = name.description
        return name[name.index(after: name.lastIndex(of: ".") ?? name.startIndex)...]
    }
}
