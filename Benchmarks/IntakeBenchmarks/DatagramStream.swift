import BenchmarkSupport
import Glibc
import Telemetry

/// A client that sends the same bytes over and over to a UDP port of the loopback.
struct DatagramStream: Sendable {
    let bytes: [UInt8]
    let sends: Int
    /// How many bytes the kernel is to make a datagram of; nil: each send is one.
    var segment: Int?
    /// Nil: as fast as it goes.
    var sendsPerSecond: Int?

    func send(to port: UInt16) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        Sender.connect(socket, address)
        if let segment { setSegment(segment, of: socket) }
        let start = TelemetryClock.machine.monotonic()
        for sent in 0..<sends {
            if let sendsPerSecond, sent & 15 == 0 {
                wait(until: start + Int64(sent) * 1_000_000_000 / Int64(sendsPerSecond))
            }
            sendOnce(socket)
        }
    }

    /// Linux's UDP_SEGMENT.
    private func setSegment(_ bytes: Int, of socket: Int32) {
        var size = Int32(bytes)
        let length = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(socket, Int32(IPPROTO_UDP), 103, &size, length)
    }

    private func wait(until time: Int64) {
        let left = time - TelemetryClock.machine.monotonic()
        if left > 0 { usleep(UInt32(left / 1000)) }
    }

    /// A full queue of the loopback refuses now and then; a real client would lose the datagram.
    private func sendOnce(_ socket: Int32) {
        while Glibc.send(socket, bytes, bytes.count, 0) < 0 {
            precondition(errno == ENOBUFS || errno == EAGAIN, "send: errno \(errno)")
        }
    }
}
