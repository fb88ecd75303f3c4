import Glibc

/// A port of the loopback address that nobody listened on a moment ago.
///
/// Only for programs that cannot be told to take port 0 and to say which they got: between this
/// answer and its use, another process may take it.
package func freePort(_ kind: Connection.Kind = .tcp) throws -> UInt16 {
    let descriptor = socket(AF_INET, kind.socketType, 0)
    guard descriptor >= 0 else { throw SystemCallFailed("socket") }
    defer { close(descriptor) }
    var address = sockaddr_in.loopback(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutableBytes(of: &address) { bytes in
        let raw = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
        return Glibc.bind(descriptor, raw, size) == 0 && getsockname(descriptor, raw, &size) == 0
    }
    guard bound else { throw SystemCallFailed("bind") }
    return UInt16(bigEndian: address.sin_port)
}

extension sockaddr_in {
    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }
}
