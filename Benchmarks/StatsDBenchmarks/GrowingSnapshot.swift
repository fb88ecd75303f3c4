import CAgentPlugin

/// A counter with many series by 3 labels, each of which is one more at every reading.
final class GrowingSnapshot: @unchecked Sendable {
    // Sendable: used by one thread at a time.

    private let texts: [UnsafeMutableBufferPointer<CChar>]
    private let series: UnsafeMutableBufferPointer<agent_series>
    private let name = ContiguousText("agent_runs_total")

    init(count: Int) {
        texts = (0..<count).map { number in
            ContiguousText.copy(
                "device_id=\"device-\(number)\",site=\"site-\(number % 10)\",protocol=\"netconf\"")
        }
        series = .allocate(capacity: count)
        for (number, text) in texts.enumerated() {
            var one = agent_series()
            one.labels = agent_str(data: text.baseAddress, size: UInt64(text.count))
            one.value = agent_i64(0)
            one.start_time_ns = 1
            one.id = UInt64(number)
            (series.baseAddress.unsafelyUnwrapped + number).initialize(to: one)
        }
    }

    deinit {
        for text in texts { text.deallocate() }
        series.deallocate()
    }

    var pointer: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    private static func at(_ pointer: OpaquePointer?) -> GrowingSnapshot? {
        pointer.map { Unmanaged.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
    }

    private func read(
        _ cursor: inout UInt64, _ out: UnsafeMutablePointer<agent_series>, _ capacity: Int
    ) -> Int {
        let first = Int(cursor)
        let count = min(capacity, series.count - first)
        for index in 0..<count {
            series[first + index].value.as.i64 &+= 1
            out[index] = series[first + index]
        }
        cursor += UInt64(count)
        return count
    }

    // Constant and without end, as a host's tables are.
    nonisolated(unsafe) static let table: UnsafePointer<agent_host_snapshot_v1> = {
        let table = UnsafeMutablePointer<agent_host_snapshot_v1>.allocate(capacity: 1)
        table.initialize(
            to: agent_host_snapshot_v1(
                size: UInt32(MemoryLayout<agent_host_snapshot_v1>.size), reserved: 0,
                acquire: { _, _ in AGENT_UNSUPPORTED }, release: { _, _ in },
                time_ns: { _ in 0 }, family_count: { _ in 1 },
                family: { snapshot, index, out in
                    guard index == 0, let name = GrowingSnapshot.at(snapshot)?.name else {
                        return AGENT_END
                    }
                    out?.pointee.kind = AGENT_METRIC_COUNTER
                    out?.pointee.name = name.view
                    out?.pointee.label_count = 3
                    return AGENT_OK
                },
                series: { snapshot, _, cursor, out, capacity, count in
                    guard let snapshot = GrowingSnapshot.at(snapshot), let cursor, let out else {
                        return AGENT_INVALID
                    }
                    let read = snapshot.read(&cursor.pointee, out, Int(capacity))
                    count?.pointee = UInt32(read)
                    return read == 0 ? AGENT_END : AGENT_OK
                },
                labels: { _, _, _, _, _, _ in AGENT_NOT_FOUND }))
        return UnsafePointer(table)
    }()
}

/// Text that stays where it is.
final class ContiguousText {
    private let bytes: UnsafeMutableBufferPointer<CChar>

    init(_ text: String) { bytes = Self.copy(text) }

    deinit { bytes.deallocate() }

    var view: agent_str { agent_str(data: bytes.baseAddress, size: UInt64(bytes.count)) }

    static func copy(_ text: String) -> UnsafeMutableBufferPointer<CChar> {
        let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count)
        _ = bytes.initialize(from: text.utf8.map { CChar(bitPattern: $0) })
        return bytes
    }
}
