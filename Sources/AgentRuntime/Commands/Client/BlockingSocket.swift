import Glibc

/// A connected client socket for a command that does one thing and ends.
struct BlockingSocket: ~Copyable {
    private let descriptor: Int32

    init(unix path: String) throws(CommandFailure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw CommandFailure("\(path) is too long for a socket's path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw CommandFailure("cannot reach an agent at \(path): \(reason)")
        }
        self.descriptor = descriptor
    }

    init(host: String, port: UInt16) throws(CommandFailure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host.isEmpty ? "localhost" : host, "\(port)", &hints, &list)
        guard code == 0 else {
            throw CommandFailure("\(host) is not known: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var next = list
        var reason = "no address"
        while let candidate = next?.pointee {
            next = candidate.ai_next
            let descriptor = socket(
                candidate.ai_family, candidate.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            if connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 {
                self.descriptor = descriptor
                return
            }
            reason = String(cString: strerror(errno))
            close(descriptor)
        }
        throw CommandFailure(
            "cannot reach an agent at \(host):\(port): \(reason); is it running there?")
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // An agent that is gone is an error, and no signal that ends this.
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.lost }
            rest = rest.dropFirst(count)
        }
    }

    /// What is there, waiting for at least one byte; empty when the agent has ended the connection.
    func read() throws(CommandFailure) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                code = got < 0 ? errno : 0
                count = max(0, got)
            }
            if code == 0 { return piece }
            guard code == EINTR else { throw Self.lost }
        }
    }

    private static var lost: CommandFailure {
        CommandFailure("the agent went away: \(String(cString: strerror(errno)))")
    }

    func readAll(limit: Int) throws(CommandFailure) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < limit {
            let piece = try read()
            if piece.isEmpty { break }
            all += piece
        }
        return all
    }
}
