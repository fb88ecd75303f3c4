public import CAgentPlugin

/// An event whose name and keys the host knows: values follow in the order of the keys. Any thread.
public struct PreparedEvent: @unchecked Sendable {
    // Constant pointers to a table whose functions may be called from any thread.
    private let host: UnsafePointer<agent_host>
    private let table: UnsafePointer<agent_host_emit_v1>
    private let handle: UInt64
    private let measurementCount: Int
    private let metadataCount: Int

    fileprivate init(
        _ host: Host, _ table: UnsafePointer<agent_host_emit_v1>, _ handle: UInt64,
        _ measurementCount: Int, _ metadataCount: Int
    ) {
        self.host = host.raw
        self.table = table
        self.handle = handle
        self.measurementCount = measurementCount
        self.metadataCount = metadataCount
    }

    /// Emits one event; handlers run before this returns. `nil` is metadata that is missing.
    public func emit(_ measurements: [Number], _ metadata: [String?] = []) throws {
        guard measurements.count == measurementCount, metadata.count == metadataCount else {
            throw PluginError(
                """
                an event prepared with \(measurementCount) measurements and \(metadataCount) metadata \
                was given \(measurements.count) and \(metadata.count)
                """, status: AGENT_INVALID)
        }
        try StaticMemory.lending { memory in
            try emit(
                measurements.map(\.raw),
                metadata.map { $0.map { memory.presentText($0) } ?? agent_str() })
        }
    }

    /// The same without a copy, for a caller that keeps its texts: as many values as were prepared.
    public func emit(
        _ measurements: UnsafePointer<agent_value>, _ metadata: UnsafePointer<agent_str>
    ) throws {
        let status = table.pointee.emit(host, handle, measurements, metadata)
        guard status >= 0 else {
            throw PluginError("the event was not taken (status \(status))", status: status)
        }
    }
}

extension Host {
    /// Prepares an event; one whose name begins with "." follows the event prefix. The result is valid while
    /// the instance lives. Do it once, when the instance is made.
    public func prepare(
        _ name: String, measurements: [String], metadata: [String] = []
    ) throws -> PreparedEvent {
        guard let table: UnsafePointer<agent_host_emit_v1> = interface(AGENT_HOST_EMIT_V1) else {
            throw PluginError("the host takes no events", status: AGENT_UNSUPPORTED)
        }
        var handle: UInt64 = 0
        try StaticMemory.lending { memory in
            var keys = agent_event_keys(
                size: UInt32(MemoryLayout<agent_event_keys>.size), reserved: 0,
                name: memory.text(name),
                measurements: memory.array(measurements.map { memory.text($0) }),
                metadata: memory.array(metadata.map { memory.text($0) }),
                measurements_count: UInt32(measurements.count),
                metadata_count: UInt32(metadata.count))
            try explained("event \(name)") { table.pointee.prepare(raw, &keys, &handle, $0) }
        }
        return PreparedEvent(self, table, handle, measurements.count, metadata.count)
    }
}
