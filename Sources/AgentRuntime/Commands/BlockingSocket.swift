import Glibc

/// A connected client socket for a command that does one thing and ends.
struct BlockingSocket: ~Copyable {
    private let descriptor: Int32

    init(unix path: String) throws(EmitFailure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw EmitFailure("\(path) is too long for a socket's path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw EmitFailure("cannot reach an agent at \(path): \(reason)")
        }
        self.descriptor = descriptor
    }

    init(host: String, port: UInt16) throws(EmitFailure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host.isEmpty ? "localhost" : host, "\(port)", &hints, &list)
        guard code == 0 else {
            throw EmitFailure("\(host) is not known: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var next = list
        var reason = "no address"
        while let candidate = next?.pointee {
            next = candidate.ai_next
            let descriptor = socket(candidate.ai_family, candidate.ai_socktype, 0)
            if connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 {
                self.descriptor = descriptor
                return
            }
            reason = String(cString: strerror(errno))
            close(descriptor)
        }
        throw EmitFailure("cannot reach an agent at \(host):\(port): \(reason)")
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(EmitFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw EmitFailure("the agent went away: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }

    func readAll(limit: Int) throws(EmitFailure) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < limit {
            let piece = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
                count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { break }
            all += piece
        }
        return all
    }
}
