import CPlatform
import Glibc
import Telemetry

/// Takes events at a UDP or Unix datagram socket: one or more lines a datagram; the end of a datagram ends a line.
final class DatagramListener: Sendable {
    private let thread: IntakeThread
    /// The bound port; 0 for a Unix socket.
    let port: UInt16

    /// Opens a UDP socket and starts to receive.
    convenience init(
        host: String, port: UInt16, receiveBufferBytes: Int, limits: DecodeLimits,
        bus: TelemetryBus, accounting: IntakeAccounting
    ) throws(IntakeError) {
        let socket = try UDPSocket(
            host: host, port: port, receiveBufferBytes: receiveBufferBytes)
        let bound = socket.port
        try self.init(
            .udp(socket), name: "\(host):\(bound)", port: bound, limits, bus, accounting)
    }

    /// Opens a Unix datagram socket and starts to receive.
    convenience init(
        path: String, mode: UInt32, limits: DecodeLimits, bus: TelemetryBus,
        accounting: IntakeAccounting
    ) throws(IntakeError) {
        let socket = try UnixSocket(path: path, mode: mode, type: SOCK_DGRAM)
        try self.init(.unix(socket), name: path, port: 0, limits, bus, accounting)
    }

    private init(
        _ socket: consuming DatagramSocket, name: String, port: UInt16, _ limits: DecodeLimits,
        _ bus: TelemetryBus, _ accounting: IntakeAccounting
    ) throws(IntakeError) {
        self.port = port
        let signal = try StopSignal(name)
        let poller = try Poller(name)
        guard poller.add(socket.descriptor), poller.add(signal.descriptor) else {
            throw .last("epoll_ctl", name)
        }
        let source = socket.source
        let start = HandOver(
            try DatagramService(
                socket: socket, poller: poller, signal: signal, limits: limits,
                counts: (accounting, source), name: name))
        thread = try IntakeThread(
            name: "intake-\(source == .udp ? "udp" : "datagram")", signal: signal
        ) {
            start.take()?.run(bus)
        }
    }

    func beginStop(within limit: Duration) { thread.beginStop(within: limit) }

    /// Decodes what has arrived, and closes the socket.
    func stop(within limit: Duration) { thread.stop(within: limit) }
}

/// Either kind of socket.
enum DatagramSocket: ~Copyable, Sendable {
    case udp(UDPSocket)
    case unix(UnixSocket)

    var descriptor: Int32 {
        switch self {
        case .udp(let socket): socket.descriptor.number
        case .unix(let socket): socket.descriptor.number
        }
    }

    var source: IntakeSource {
        switch self {
        case .udp: .udp
        case .unix: .unixDatagram
        }
    }

    /// Has the kernel refuse what is sent from now on, where it can without losing what is there.
    func refuseMore() {
        switch self {
        case .udp: break
        case .unix(let socket):
            socket.removeFile()
            // Senders that are connected already.
            shutdown(socket.descriptor.number, Int32(SHUT_RD))
        }
    }
}
