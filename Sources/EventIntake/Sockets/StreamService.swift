import CPlatform
import Glibc
import Telemetry

/// What the thread of a stream listener owns and does.
struct StreamService: ~Copyable, @unchecked Sendable {
    // Sendable: made by one thread, then used by another alone.

    private let socket: UnixSocket
    private let poller: Poller
    private let signal: StopSignal
    private let limit: Int
    private let limits: DecodeLimits
    private let accounting: IntakeAccounting
    private var connections: [Int32: LineStream] = [:]
    private let buffer: ReadBuffer
    /// Not asked for connections while the process has no descriptor left for one.
    private var isAcceptPaused = false

    init(
        socket: consuming UnixSocket, poller: consuming Poller, signal: StopSignal,
        connections: Int, limits: DecodeLimits, accounting: IntakeAccounting
    ) {
        self.socket = socket
        self.poller = poller
        self.signal = signal
        self.limits = limits
        self.accounting = accounting
        limit = connections
        buffer = ReadBuffer(lineBytes: limits.lineBytes)
    }

    /// Serves until told to stop.
    consuming func run(_ bus: TelemetryBus) {
        var decoder = EventDecoder(bus: bus, limits: limits)
        while !signal.isStopping {
            for number in poller.wait() {
                if number == socket.descriptor.number {
                    accept()
                } else if number != signal.descriptor {
                    _ = read(number, &decoder)
                }
            }
        }
        accept()
        socket.removeFile()
        drain(&decoder)
        let counters = accounting.counters(.unixStream)
        for (number, stream) in connections {
            if stream.isMidLine || Self.hasUnread(number) { counters.drop(1, .shutdown) }
            close(number)
            counters.connectionClosed()
        }
    }

    private static func hasUnread(_ number: Int32) -> Bool {
        var byte: UInt8 = 0
        return recv(number, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) > 0
    }

    private mutating func accept() {
        let counters = accounting.counters(.unixStream)
        while true {
            let number = platform_accept(socket.descriptor.number)
            guard number >= 0 else {
                if errno == ECONNABORTED || errno == EINTR { continue }
                if errno != EAGAIN { pauseAccepting() }
                return
            }
            guard connections.count < limit, poller.add(number) else {
                // Counted first: who sees the end of the connection finds it counted.
                counters.drop(1, .connectionLimit)
                close(number)
                continue
            }
            connections[number] = LineStream(lineBytes: limits.lineBytes)
            counters.connectionOpened()
        }
    }

    /// Out of descriptors or memory: goes on when a connection has been closed.
    private mutating func pauseAccepting() {
        guard !connections.isEmpty else {
            // None of ours will be closed: others hold them, and the listener stays readable meanwhile.
            usleep(20_000)
            return
        }
        guard !isAcceptPaused else { return }
        isAcceptPaused = true
        poller.remove(socket.descriptor.number)
    }

    /// One read; false where there was nothing to read.
    private mutating func read(_ number: Int32, _ decoder: inout EventDecoder) -> Bool {
        // Taken out so that its memory is not copied while it changes.
        guard var stream = connections.removeValue(forKey: number) else { return false }
        let count = recv(number, stream.prepare(buffer), ReadBuffer.readBytes, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR {
            connections[number] = stream
            return false
        }
        if count > 0 {
            stream.take(count, buffer, &decoder)
            connections[number] = stream
        } else {
            stream.finish(buffer, &decoder)
            close(number)
            accounting.counters(.unixStream).connectionClosed()
            if isAcceptPaused { isAcceptPaused = !poller.add(socket.descriptor.number) }
        }
        accounting.add(decoder.takeSummary(), bytes: max(0, count), to: .unixStream)
        return true
    }

    /// Reads what has arrived at every connection, as long as there is time.
    private mutating func drain(_ decoder: inout EventDecoder) {
        var rest = Array(connections.keys)
        while !rest.isEmpty, !signal.isOverdue {
            var next: [Int32] = []
            for number in rest where read(number, &decoder) { next.append(number) }
            rest = next
        }
    }
}
