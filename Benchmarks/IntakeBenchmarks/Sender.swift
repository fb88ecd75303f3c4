import Glibc

/// A client of a stream socket that sends as fast as it can.
enum Sender {
    /// Sends everything, as often as the socket takes a part of it.
    static func sendAll(_ bytes: [UInt8], to socket: Int32) {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let size = min(65_536, bytes.count - sent)
                let count = send(socket, bytes.baseAddress.map { $0 + sent }, size, 0)
                precondition(count > 0, "send: errno \(errno)")
                sent += count
            }
        }
    }

    static func connect(path: String) -> Int32 {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        Self.connect(socket, address)
        return socket
    }

    static func connect<Address>(_ socket: Int32, _ address: Address) {
        let status = withUnsafeBytes(of: address) {
            Glibc.connect(
                socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count))
        }
        precondition(status == 0, "connect: errno \(errno)")
    }
}
