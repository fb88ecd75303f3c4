import CPlatform
import Glibc
import Telemetry

/// What the thread of a datagram listener owns and does.
struct DatagramService: ~Copyable, @unchecked Sendable {
    // Sendable: made by one thread, then used by another alone.

    /// More than the kernel puts into one datagram, joined or not.
    private static let slotBytes: UInt32 = 65_536
    private static let slots: UInt32 = 32

    private let socket: DatagramSocket
    private let poller: Poller
    private let signal: StopSignal
    private let limits: DecodeLimits
    private let accounting: IntakeAccounting
    private let source: IntakeSource
    private let batch: UnsafeMutablePointer<platform_datagram_batch>
    /// What the kernel had dropped when last asked.
    private var drops: UInt32 = 0

    init(
        socket: consuming DatagramSocket, poller: consuming Poller, signal: StopSignal,
        limits: DecodeLimits, counts: (IntakeAccounting, IntakeSource), name: String
    ) throws(IntakeError) {
        let padding = UInt32(EventDecoder.padding + 1)
        guard let batch = platform_datagram_batch_create(Self.slots, Self.slotBytes, padding) else {
            throw .system(name, operation: "mmap", code: ENOMEM)
        }
        self.batch = batch
        self.socket = socket
        self.poller = poller
        self.signal = signal
        self.limits = limits
        (accounting, source) = counts
    }

    deinit { platform_datagram_batch_destroy(batch) }

    /// Serves until told to stop.
    consuming func run(_ bus: TelemetryBus) {
        var decoder = EventDecoder(bus: bus, limits: limits)
        while !signal.isStopping {
            _ = poller.wait()
            while !signal.isStopping, receive(&decoder) {}
            countDrops()
        }
        socket.refuseMore()
        var hasMore = true
        while hasMore, !signal.isOverdue { hasMore = receive(&decoder) }
        if hasMore { discard() }
        countDrops()
    }

    /// Counts what there was no time for. The kernel drops what is sent meanwhile.
    private mutating func discard() {
        _ = platform_receive_buffer(socket.descriptor, 0)
        while case let count = platform_datagram_receive(socket.descriptor, batch), count > 0 {
            for index in 0..<Int(count) {
                let datagram = batch.pointee.received[index]
                let segments =
                    datagram.segment == 0
                    ? 1 : (datagram.length + datagram.segment - 1) / datagram.segment
                accounting.counters(source).drop(Int(segments), .shutdown)
            }
        }
    }

    /// One batch; false where it was the last there is for now.
    private mutating func receive(_ decoder: inout EventDecoder) -> Bool {
        let count = platform_datagram_receive(socket.descriptor, batch)
        guard count > 0 else { return false }
        var bytes = 0
        for index in 0..<Int(count) {
            let datagram = batch.pointee.received[index]
            bytes += Int(datagram.length)
            if datagram.truncated != 0 {
                decoder.rejectTruncated(datagram.bytes)
            } else {
                Self.decode(datagram, &decoder)
            }
        }
        accounting.add(decoder.takeSummary(), bytes: bytes, to: source)
        return count == batch.pointee.capacity
    }

    /// Decodes a datagram, or each of several that the kernel has joined.
    static func decode(_ datagram: platform_datagram, _ decoder: inout EventDecoder) {
        guard var start = datagram.bytes else { return }
        let end = start + Int(datagram.length)
        let segment = datagram.segment == 0 ? Int(datagram.length) : Int(datagram.segment)
        var boundary = start
        let hasQuotes =
            segment < end - start && memchr(start, Int32(UInt8.quote), end - start) != nil
        decoder.line = 1
        while boundary < end {
            boundary = min(boundary + segment, end)
            // Datagrams that end in a newline are decoded in one go with what follows, but for texts, which might go
            // on into the next one.
            guard boundary == end || boundary[-1] != .newline || hasQuotes else { continue }
            decode(start, boundary, &decoder)
            decoder.line = 1
            start = boundary
        }
    }

    /// Ends the last line by a newline, which for so long stands on the first byte of what comes next.
    private static func decode(
        _ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>,
        _ decoder: inout EventDecoder
    ) {
        guard end > start else { return }
        guard end[-1] != .newline else {
            decoder.decodeLines(start, end)
            return
        }
        let covered = end.pointee
        end.pointee = .newline
        decoder.decodeLines(start, end + 1)
        end.pointee = covered
    }

    /// Counts what the kernel has dropped since the last time.
    private mutating func countDrops() {
        guard source == .udp else { return }
        let now = platform_datagram_drops(socket.descriptor)
        // The kernel's counter wraps; so does the difference.
        let new = now &- drops
        guard new > 0 else { return }
        drops = now
        accounting.counters(source).drop(Int(new), .kernel)
    }
}
