import Glibc

/// A connected client socket of a test: what it sends is what arrives, byte for byte.
///
/// Its calls block; give the waiting ones a thread with `onOwnThread`.
package final class Connection: Sendable {
    package enum Kind: Sendable {
        case tcp
        case udp

        var socketType: Int32 {
            switch self {
            case .tcp: Int32(SOCK_STREAM.rawValue)
            case .udp: Int32(SOCK_DGRAM.rawValue)
            }
        }
    }

    private let descriptor: Int32

    /// Connects to a port of the loopback address; `patience` bounds every later call.
    package init(_ kind: Kind, port: UInt16, patience: Duration = .seconds(120)) throws {
        descriptor = try Self.open(AF_INET, kind.socketType, patience)
        var address = sockaddr_in.loopback(port: port)
        try Self.connect(descriptor, &address, "port \(port)")
    }

    /// Connects to a Unix socket; `patience` bounds every later call.
    package init(
        unix path: String, datagram: Bool = false, patience: Duration = .seconds(120)
    ) throws {
        let kind = datagram ? Kind.udp : .tcp
        descriptor = try Self.open(AF_UNIX, kind.socketType, patience)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemCallFailed("connect to \(path)", code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try Self.connect(descriptor, &address, path)
    }

    deinit { close(descriptor) }

    /// Sends all of it: on a datagram socket, as one datagram.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        repeat {
            // Broken connections are told by an error, not by a signal that ends the tests.
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemCallFailed("send") }
            sent += count
        } while sent < bytes.count
    }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Says that nothing more will come; what the other side sends can still be read.
    package func endSending() throws {
        guard shutdown(descriptor, Int32(SHUT_WR)) == 0 else { throw SystemCallFailed("shutdown") }
    }

    /// Ends both ways at once: a thread that waits for something to receive gets the end.
    package func endBoth() throws {
        guard shutdown(descriptor, Int32(SHUT_RDWR)) == 0 else {
            throw SystemCallFailed("shutdown")
        }
    }

    /// What is there, waiting for at least one byte; empty when the other side has ended.
    package func receive(atMost limit: Int = 65_536) throws -> [UInt8] {
        var failure: SystemCallFailed?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var got: Int
            repeat {
                got = recv(descriptor, buffer.baseAddress, limit, 0)
            } while got < 0 && errno == EINTR
            if got < 0 { failure = SystemCallFailed("recv") }
            count = max(got, 0)
        }
        if let failure { throw failure }
        return bytes
    }

    /// Everything until the other side ends.
    package func receiveToEnd() throws -> [UInt8] {
        var all: [UInt8] = []
        while case let bytes = try receive(), !bytes.isEmpty { all += bytes }
        return all
    }

    private static func open(
        _ family: Int32, _ type: Int32, _ patience: Duration
    ) throws -> Int32 {
        let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemCallFailed("socket") }
        var limit = timeval(
            tv_sec: Int(patience.components.seconds),
            tv_usec: Int(patience.components.attoseconds / 1_000_000_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        return descriptor
    }

    private static func connect<Address>(
        _ descriptor: Int32, _ address: inout Address, _ target: String
    ) throws {
        let connected = withUnsafeBytes(of: &address) {
            let raw = $0.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return Glibc.connect(descriptor, raw, socklen_t($0.count))
        }
        // The connection has its descriptor by now, and closes it: whoever did so here as well would close what another
        // test has opened since.
        guard connected == 0 else { throw SystemCallFailed("connect to \(target)") }
    }
}
