import CAgentPlugin
import Synchronization
import Telemetry

/// The events one instance has prepared, emitted without a look-up by name.
final class EventEmitter: Sendable {
    /// How many different events an instance may prepare.
    static let maximumEvents = 1024

    /// `@unchecked Sendable`: a shape lives as long as the bus, which the emitter holds.
    private struct Entry: @unchecked Sendable {
        let shape: EventShape.Pointer
        let measurements: Int
        let metadata: Int
    }

    private let bus: TelemetryBus
    private let eventPrefix: String
    private let entries = HandleTable<Entry>(limit: maximumEvents)
    private let emitted = Atomic<UInt64>(0)
    private let preparing = Guarded(())

    init(bus: TelemetryBus, eventPrefix: String) {
        self.bus = bus
        self.eventPrefix = eventPrefix
    }

    /// Events emitted so far.
    var total: UInt64 { emitted.load(ordering: .relaxed) }

    /// Makes an event known; answers its handle, never 0.
    func prepare(_ keys: agent_event_keys) throws(PluginRefusal.Reason) -> UInt64 {
        var text = try ABIText.name(keys.name, "the event's name")
        if text.hasPrefix(".") { text = eventPrefix + text }
        let name: EventName
        do { name = try EventName(text) } catch { throw .badDefinition(error.description) }
        let measurements = try Self.texts(
            keys.measurements, keys.measurements_count, "measurements of \(text)",
            limit: EventShape.maximumMeasurements)
        let metadata = try Self.texts(
            keys.metadata, keys.metadata_count, "metadata of \(text)",
            limit: EventShape.maximumMetadata)
        let shape = bus.preparedShape(
            ShapeSignature(name: name, measurements: measurements, metadata: metadata))
        return try preparing.withLock { _ throws(PluginRefusal.Reason) in
            if let known = entries.handle(where: { $0.shape == shape }) { return known }
            let entry = Entry(
                shape: shape, measurements: measurements.count, metadata: metadata.count)
            guard let handle = entries.add(entry) else {
                throw .tooMany(what: "prepared events", limit: Self.maximumEvents)
            }
            return handle
        }
    }

    /// Emits `times` events whose values lie one behind the other.
    func emit(
        _ handle: UInt64, times: Int, _ measurements: UnsafePointer<agent_value>?,
        _ metadata: UnsafePointer<agent_str>?
    ) -> agent_status {
        guard let entry = entries[handle], times >= 0 else { return AGENT_INVALID }
        guard measurements != nil || entry.measurements == 0,
            metadata != nil || entry.metadata == 0
        else { return AGENT_INVALID }
        emitted.wrappingAdd(UInt64(times), ordering: .relaxed)
        // One cell more than needed, so that there is an address where an event has none.
        withUnsafeTemporaryAllocation(
            of: MeasurementCell.self, capacity: entry.measurements + 1
        ) { cells in
            withUnsafeTemporaryAllocation(of: MetadataText.self, capacity: entry.metadata + 1) {
                texts in
                for time in 0..<times {
                    for index in 0..<entry.measurements {
                        cells.initializeElement(
                            at: index,
                            to: measurements.map {
                                MeasurementCell($0[time &* entry.measurements &+ index])
                            } ?? .absent)
                    }
                    for index in 0..<entry.metadata {
                        texts.initializeElement(
                            at: index,
                            to: metadata.map {
                                MetadataText($0[time &* entry.metadata &+ index])
                            } ?? .absent)
                    }
                    dispatch(entry.shape, cells, texts)
                }
            }
        }
        return AGENT_OK
    }

    private func dispatch(
        _ shape: EventShape.Pointer, _ cells: UnsafeMutableBufferPointer<MeasurementCell>,
        _ texts: UnsafeMutableBufferPointer<MetadataText>
    ) {
        guard let cells = cells.baseAddress, let texts = texts.baseAddress else { return }
        var frame = EventFrame(shape: shape, measurements: cells, metadata: texts)
        ReadSection.run { _ in _ = bus.dispatch(&frame) }
    }

    private static func texts(
        _ start: UnsafePointer<agent_str>?, _ count: UInt32, _ what: String, limit: Int
    ) throws(PluginRefusal.Reason) -> [String] {
        var result: [String] = []
        for text in try ABIText.list(start, count, what, limit: limit) {
            let key = try ABIText.name(text, "a key of the \(what)")
            guard !result.contains(key) else {
                throw .badValue(
                    what: "a key of the \(what)", found: "\(quoted(key)) twice",
                    expected: "each once")
            }
            result.append(key)
        }
        return result
    }
}

extension MeasurementCell {
    /// A plugin's number: exact while it is an integer that 64 bits hold, else the nearest double.
    @inline(__always)
    init(_ value: agent_value) {
        switch value.type {
        case UInt32(AGENT_VALUE_I64) where value.exponent10 == 0: self.init(value.as.i64)
        case UInt32(AGENT_VALUE_I64): self.init(scaling: value)
        case UInt32(AGENT_VALUE_F64): self.init(value.as.f64)
        default: self = .absent
        }
    }

    private init(scaling value: agent_value) {
        guard (1...18).contains(value.exponent10) else {
            self.init(agent_value_f64(value))
            return
        }
        var factor: Int64 = 1
        for _ in 0..<value.exponent10 { factor *= 10 }
        let (product, overflow) = value.as.i64.multipliedReportingOverflow(by: factor)
        if overflow { self.init(agent_value_f64(value)) } else { self.init(product) }
    }
}

extension MetadataText {
    /// The longest text taken from a plugin; what is longer is cut there.
    private static var maximumCount: UInt64 { 1 << 16 }

    /// A plugin's text; NULL is absent.
    @inline(__always)
    init(_ text: agent_str) {
        guard let data = text.data else {
            self = .absent
            return
        }
        self.init(
            start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self),
            count: Int(min(text.size, Self.maximumCount)))
    }
}
