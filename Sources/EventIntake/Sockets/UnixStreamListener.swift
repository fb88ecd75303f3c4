import CPlatform
import Glibc
import Telemetry

/// Takes events at a Unix stream socket: any number of connections, each a stream of lines.
///
/// One thread serves all. A connection gets one read in turn, so that none starves the others; one that sends what is
/// no event stays open.
final class UnixStreamListener: Sendable {
    private let thread: IntakeThread

    /// Opens the socket and starts to accept.
    init(
        path: String, mode: UInt32, connections: Int, limits: DecodeLimits, bus: TelemetryBus,
        accounting: IntakeAccounting
    ) throws(IntakeError) {
        let socket = try UnixSocket(path: path, mode: mode, type: SOCK_STREAM)
        guard listen(socket.descriptor.number, SOMAXCONN) == 0 else { throw .last("listen", path) }
        let signal = try StopSignal(path)
        let poller = try Poller(path)
        guard poller.add(socket.descriptor.number), poller.add(signal.descriptor) else {
            throw .last("epoll_ctl", path)
        }
        let start = HandOver(
            StreamService(
                socket: socket, poller: poller, signal: signal, connections: connections,
                limits: limits, accounting: accounting))
        thread = try IntakeThread(name: "intake-stream", signal: signal) {
            start.take()?.run(bus)
        }
    }

    func beginStop(within limit: Duration) { thread.beginStop(within: limit) }

    /// Decodes what has arrived, waits for nothing more, and removes the socket's file.
    func stop(within limit: Duration) { thread.stop(within: limit) }
}
