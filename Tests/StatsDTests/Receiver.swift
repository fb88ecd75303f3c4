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
        let type = Int32((kind.isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
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
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
            try Self.bind(listener, name)
        } else {
            let port = UInt16(address?.split(separator: ":").last ?? "") ?? 0
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
            try Self.bind(listener, name)
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            _ = withUnsafeMutableBytes(of: &name) {
                getsockname(
                    listener, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
            self.address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        }
        if kind.isStream { listen(listener, 8) }
    }

    private static func bind<Name>(_ descriptor: Int32, _ name: Name) throws {
        let status = withUnsafeBytes(of: name) {
            Glibc.bind(
                descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        guard status == 0 else { throw SystemCallFailed("bind") }
    }

    deinit { stop() }

    private var isStopped = false

    /// As if it had been killed: connections are reset, nothing listens any more.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        for connection in connections {
            var abrupt = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &abrupt, 8)
            close(connection)
        }
        close(listener)
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
