import PluginKit

/// Packs lines into packets and sends each one that is full. A line is never split.
struct Packets: ~Copyable {
    /// The line being written; several that must stay together count as one.
    var line = OutputBuffer(capacity: 1_024)

    private(set) var lines = 0
    private(set) var bytes = 0
    private(set) var tooLong = 0
    /// How many samples had been committed when each packet began.
    private(set) var starts: [Int] = [0]
    private var samples = 0
    private var packet: OutputBuffer
    private var frame = OutputBuffer(capacity: 64)
    private let wire: Wire
    private let limit: Int
    private let isFramed: Bool
    private let deadline: Deadline

    init(_ wire: Wire, _ settings: StatsDSettings, before deadline: Deadline) {
        self.wire = wire
        limit = settings.packetLimit
        // Datadog's receiver wants a length before each packet of a Unix stream.
        isFramed = settings.transport == .unixStream && settings.dialect.hasTags
        self.deadline = deadline
        packet = OutputBuffer(capacity: limit + 1)
    }

    /// Adds what is in `line`, which ends in a newline, and answers the number of the packet it travels in; `nil`:
    /// it is longer than a packet and was left out.
    mutating func commit(lines count: Int = 1, samples: Int = 1) throws -> UInt32? {
        defer { line.removeAll() }
        // The newline at a packet's end does not count.
        guard line.count <= limit + 1 else {
            tooLong += count
            return nil
        }
        if packet.count + line.count > limit + 1 { try send() }
        packet.append(line.bytes)
        lines += count
        self.samples += samples
        return UInt32(truncatingIfNeeded: wire.packets)
    }

    /// Sends what has come together.
    mutating func send() throws {
        guard packet.count > 0 else { return }
        let sent = wire.packets
        // Also where it was taken in part and a failure says so.
        defer { if wire.packets > sent { starts.append(samples) } }
        if isFramed {
            frame.removeAll()
            withUnsafeBytes(of: UInt32(packet.count).littleEndian) { frame.append($0) }
            frame.append(packet.bytes)
            try wire.send(frame.bytes, before: deadline)
        } else if wire.kind.isStream {
            try wire.send(packet.bytes, before: deadline)
        } else {
            try wire.send(
                UnsafeRawBufferPointer(rebasing: packet.bytes.dropLast()), before: deadline)
        }
        bytes += packet.count
        packet.removeAll()
    }
}
