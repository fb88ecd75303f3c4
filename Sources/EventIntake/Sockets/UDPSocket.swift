import CPlatform
import Glibc

/// A bound UDP socket.
struct UDPSocket: ~Copyable, Sendable {
    let descriptor: Descriptor
    /// The port, also where 0 was asked for.
    let port: UInt16

    /// Binds to the first address of `host` that can be; empty: every address.
    init(host: String, port: UInt16, receiveBufferBytes: Int) throws(IntakeError) {
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host.isEmpty ? nil : host, "\(port)", &hints, &found) == 0, let found
        else { throw .unknownHost(host) }
        defer { freeaddrinfo(found) }

        var error = IntakeError.unknownHost(host)
        var candidate: UnsafeMutablePointer<addrinfo>? = found
        while let address = candidate {
            candidate = address.pointee.ai_next
            let descriptor = Descriptor(
                socket(
                    address.pointee.ai_family,
                    Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0))
            guard descriptor.number >= 0,
                bind(descriptor.number, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
            else {
                error = .last("bind", name)
                continue
            }
            let size = Int32(clamping: receiveBufferBytes)
            _ = platform_receive_buffer(descriptor.number, size)
            platform_datagram_join(descriptor.number)
            self.port = Self.port(of: descriptor.number)
            self.descriptor = descriptor
            return
        }
        throw error
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { address in
            let known = address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
            guard known == 0 else { return 0 }
            // The port stands at the same place in both families.
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }
}
