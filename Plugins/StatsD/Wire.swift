import Glibc
import PluginKit

/// A socket to the receiver. It never blocks beyond a deadline, keeps at most the rest of one packet, and knows of the
/// packets of the last export which ones cannot have arrived.
///
/// Used by one thread at a time.
final class Wire {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// The receiver is there but does not take more for now.
        var isLate = false
    }

    let kind: TransportKind
    private let resolver: Resolver
    private let name: String
    private var descriptor: Int32 = -1
    private var peer: SocketAddress?
    /// Which of the addresses is next, counted up by each failure.
    private var attempt = 0
    /// What the kernel did not take of the last packet; streams only.
    private var rest: [UInt8] = []
    /// Bytes handed over on this connection, `rest` included.
    private var written: UInt64 = 0
    /// One for each packet since `begin`: where it ended in the stream, or a datagram's print.
    private var marks: [UInt64] = []

    init(_ kind: TransportKind, _ resolver: Resolver, name: String) {
        self.kind = kind
        self.resolver = resolver
        self.name = name
    }

    deinit { disconnect() }

    /// Packets taken since `begin`.
    var packets: Int { marks.count }

    var isConnected: Bool { descriptor >= 0 }

    /// Makes ready for packets and forgets those before.
    ///
    /// - Parameter acknowledged: over TCP, wait until what was sent before has been received
    func begin(acknowledged: Bool, before deadline: Deadline) throws {
        let addresses = try resolver.addresses(before: deadline)
        if isConnected, let peer, !addresses.contains(peer) { disconnect() }
        if !isConnected { try connect(to: addresses, before: deadline) }
        try sendRest(before: deadline)
        while acknowledged, kind == .tcp, unacknowledged > 0 {
            try wait(for: 0, before: deadline, step: 2)
        }
        marks.removeAll(keepingCapacity: true)
    }

    /// Sends a packet. A failure with `packets` unchanged: nothing of it was taken.
    func send(_ packet: UnsafeRawBufferPointer, before deadline: Deadline) throws {
        var sent = 0
        while sent < packet.count {
            let piece = UnsafeRawBufferPointer(rebasing: packet[sent...])
            let count = Glibc.send(
                descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
                continue
            }
            let code = errno
            if code == EINTR { continue }
            do {
                guard code == EAGAIN || code == ENOBUFS else { throw failure("sending", code) }
                // A full device has no event to wait for.
                if code == EAGAIN { try wait(for: Int16(POLLOUT), before: deadline) }
                if code == ENOBUFS { try wait(for: 0, before: deadline, step: 2) }
            } catch let failure as Failure {
                if sent > 0, failure.isLate {
                    rest = Array(packet[sent...])
                    taken(packet)
                }
                throw failure
            }
        }
        taken(packet)
    }

    private func taken(_ packet: UnsafeRawBufferPointer) {
        written &+= UInt64(packet.count)
        marks.append(kind.isStream ? written : Self.print(of: packet))
    }

    /// The first of the packets since `begin` that is known not to have arrived, where the receiver turned out to be
    /// away; `nil` while all is well. After an answer the connection is gone.
    func firstLost() -> Int? {
        guard isConnected else { return nil }
        switch kind {
        case .udp: return firstRefused()
        case .unixDatagram: return nil
        case .tcp, .unixStream:
            guard isClosed else { return nil }
            let received =
                written &- UInt64(rest.count) &- UInt64(kind == .tcp ? unacknowledged : 0)
            let lost = marks.firstIndex { $0 > received } ?? marks.count
            disconnect()
            return lost
        }
    }

    /// Gives up on this connection; the next one may go to another address.
    func fail() {
        disconnect()
        attempt &+= 1
        resolver.refresh()
    }

    // MARK: Connecting

    private func connect(to addresses: [SocketAddress], before deadline: Deadline) throws {
        guard !addresses.isEmpty else { throw Failure(description: "\(name) has no address") }
        let address = addresses[attempt % addresses.count]
        let type = (kind.isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue
        let flags = SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        descriptor = socket(address.family, Int32(type | flags), 0)
        guard isConnected else { throw failure("making a socket", errno) }
        // Set first, so that no refusal is missed.
        if kind == .udp { askForRefusals(address.family) }
        // What waits in the kernel for a slow receiver is lost with the connection: not more than this.
        if kind == .tcp { limitBuffer(to: 256 << 10) }
        peer = address
        if address.withRaw({ Glibc.connect(descriptor, $0, $1) }) == 0 { return }
        do {
            guard errno == EINPROGRESS || (errno == EAGAIN && kind == .tcp) else {
                throw failure("connecting", errno)
            }
            try wait(for: Int16(POLLOUT), before: deadline)
            let code = pendingError
            if code != 0 { throw failure("connecting", code) }
        } catch {
            disconnect()
            throw error
        }
    }

    private func limitBuffer(to bytes: Int32) {
        var bytes = bytes
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    private func disconnect() {
        guard isConnected else { return }
        close(descriptor)
        descriptor = -1
        written = 0
        rest = []
    }

    private func sendRest(before deadline: Deadline) throws {
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                rest.removeFirst(count)
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), before: deadline)
            } else if errno != EINTR {
                throw failure("sending", errno)
            }
        }
    }

    // MARK: What the socket says

    /// Waits for an event, or for `step` milliseconds where the kernel has none for what is awaited.
    private func wait(for events: Int16, before deadline: Deadline, step: Int? = nil) throws {
        let left = deadline.remaining.components
        let milliseconds = left.seconds &* 1_000 &+ left.attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0 else {
            throw Failure(description: "\(name) does not take more for now", isLate: true)
        }
        var request = pollfd(fd: descriptor, events: events, revents: 0)
        let timeout = min(milliseconds, Int64(step ?? 60_000))
        let ready = poll(&request, 1, Int32(timeout))
        if step != nil, ready > 0 {
            // An error, which poll reports unasked: waiting on would spin.
            let code = pendingError
            throw failure("sending", code == 0 ? ECONNRESET : code)
        }
    }

    private var pendingError: Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    /// Whether the other side of a stream has gone. What it sends is of no interest.
    private var isClosed: Bool {
        var room: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while true {
            let count = recv(descriptor, &room, 32, Int32(MSG_DONTWAIT))
            if count > 0 { continue }
            return count == 0 || (errno != EAGAIN && errno != EINTR)
        }
    }

    /// Bytes of a TCP connection that the receiver's system has not acknowledged.
    private var unacknowledged: Int {
        var count: Int32 = 0
        guard ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
        return Int(max(count, 0))
    }

    private func failure(_ what: String, _ code: Int32) -> Failure {
        Failure(description: "\(what) to \(name): \(String(cString: strerror(code)))")
    }

    // MARK: Refused datagrams

    /// Has the kernel keep what comes back as undeliverable.
    private func askForRefusals(_ family: Int32) {
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        if family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_RECVERR, &on, size)
        } else {
            setsockopt(descriptor, Int32(IPPROTO_IP), IP_RECVERR, &on, size)
        }
    }

    /// Reads what came back. A datagram is known again by its beginning; one that is not is taken for the last.
    private func firstRefused() -> Int? {
        var first: Int?
        let code = pendingError
        withUnsafeTemporaryAllocation(byteCount: Self.printLength, alignment: 8) { room in
            while true {
                var piece = iovec(iov_base: room.baseAddress, iov_len: room.count)
                let count = withUnsafeMutablePointer(to: &piece) { piece in
                    var message = msghdr()
                    message.msg_iov = piece
                    message.msg_iovlen = 1
                    return recvmsg(
                        descriptor, &message,
                        Int32(MSG_ERRQUEUE | MSG_DONTWAIT))
                }
                guard count >= 0 else { return }
                let print = Self.print(of: UnsafeRawBufferPointer(rebasing: room[..<count]))
                let lost = marks.firstIndex(of: print) ?? max(marks.count - 1, 0)
                first = min(first ?? lost, lost)
            }
        }
        if first == nil, code != 0 { first = max(marks.count - 1, 0) }
        if first != nil { disconnect() }
        return first
    }

    private static let printLength = 256

    /// A hash of a datagram's beginning, as much as a refusal quotes of it.
    private static func print(of packet: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in packet.prefix(printLength) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return hash
    }
}
