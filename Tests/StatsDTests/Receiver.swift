import Glibc
import TestSupport

/// A StatsD server of the tests: takes packets, and nothing more.
final class Receiver {
    enum Kind: String {
        case udp, tcp
        case unixDatagram = "unix_datagram"
        case unixStream = "unix_stream"

        var isStream: Bool { self == .tcp || self == .unixStream }
        var isUnix: Bool { self == .unixDatagram || self == .unixStream }
    }

    let address: String
    let transport: String
    var isStream: Bool { kind.isStream }
    private let kind: Kind
    private let listener: Int32
    private var connections: [Int32] = []

    /// - Parameter address: where an earlier receiver was
    init(_ kind: Kind, at address: String? = nil, in directory: TemporaryDirectory? = nil) throws {
        self.kind = kind
        transport = kind.rawValue
        let type = Int32(
            (kind.isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue)
        let listener = socket(kind.isUnix ? AF_UNIX : AF_INET, type, 0)
        self.listener = listener
        guard listener >= 0 else { throw SystemCallFailed("socket") }
        var on: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        // Room for a burst of datagrams; of a stream little, so that it can be full.
        var room: Int32 = kind == .tcp ? 64 << 10 : 8 << 20
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, 4)
        setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &room, 4)
        if kind.isUnix {
            let path = address ?? directory?.path("statsd.sock") ?? ""
            unlink(path)
            self.address = path
            guard Self.with(Self.unix(path), { bind(listener, $0, $1) }) == 0 else {
                throw SystemCallFailed("bind")
            }
        } else {
            var name = Self.loopback(address)
            guard Self.with(name, { bind(listener, $0, $1) }) == 0 else {
                throw SystemCallFailed("bind")
            }
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            _ = withUnsafeMutableBytes(of: &name) {
                getsockname(
                    listener, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
            self.address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        }
        if kind.isStream { listen(listener, 8) }
    }

    private static func unix(_ path: String) -> sockaddr_un {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        return name
    }

    /// - Parameter address: with the port; any port where it is nil
    private static func loopback(_ address: String?) -> sockaddr_in {
        .loopback(port: UInt16(address?.split(separator: ":").last ?? "") ?? 0)
    }

    private static func with<Name>(
        _ name: Name, _ call: (UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeBytes(of: name) {
            call($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }

    deinit { stop() }

    private var isStopped = false

    /// As if it had been killed: connections are reset, nothing listens any more.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        // A child that another test has forked, and that does not run its program yet, has copies of all of these: then
        // closing does not end them.
        for connection in connections {
            if kind == .tcp {
                var nobody = sockaddr()
                nobody.sa_family = sa_family_t(AF_UNSPEC)
                _ = Self.with(nobody) { connect(connection, $0, $1) }
            } else {
                shutdown(connection, Int32(SHUT_RDWR))
            }
            close(connection)
        }
        if isStream { shutdown(listener, Int32(SHUT_RDWR)) }
        close(listener)
        for _ in 0..<20_000 where isHeldByChild { usleep(500) }
    }

    /// Whether datagrams for the address still have somewhere to go.
    private var isHeldByChild: Bool {
        guard !isStream else { return false }
        let flags = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let probe = socket(kind.isUnix ? AF_UNIX : AF_INET, flags, 0)
        defer { close(probe) }
        return kind.isUnix
            ? Self.with(Self.unix(address)) { connect(probe, $0, $1) } == 0
            : Self.with(Self.loopback(address)) { bind(probe, $0, $1) } != 0
    }

    /// The packets that have come; of streams all that has come, as one.
    func packets() -> [String] {
        guard kind.isStream else {
            return read(listener).map { String(decoding: $0, as: UTF8.self) }
        }
        let bytes = stream()
        return bytes.isEmpty ? [] : [String(decoding: bytes, as: UTF8.self)]
    }

    /// What has come on streams.
    func stream() -> [UInt8] {
        while true {
            var request = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 0) > 0 else { break }
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            connections.append(connection)
        }
        return connections.flatMap { read($0).flatMap { $0 } }
    }

    var lines: [String] {
        packets().flatMap { $0.split(separator: "\n").map(String.init) }
    }

    private func read(_ descriptor: Int32) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &room, room.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return pieces }
            pieces.append(Array(room[..<count]))
        }
    }
}
