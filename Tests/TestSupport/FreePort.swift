package import Glibc
import Synchronization

/// A port of the loopback address that nobody listened on a moment ago, and that nobody is given by chance.
///
/// Only for programs that cannot be told to take port 0 and to say which they got, and for what is to find nobody: the
/// port lies below those that the system gives to whoever asks for any, and is answered once in this process.
package func freePort(_ kind: Connection.Kind = .tcp) throws -> UInt16 {
    for _ in 0..<FreePorts.candidates.count {
        let port = FreePorts.next()
        if try isFree(port, kind) { return port }
    }
    throw SystemCallFailed("bind", code: EADDRINUSE)
}

private func isFree(_ port: UInt16, _ kind: Connection.Kind) throws -> Bool {
    let descriptor = socket(AF_INET, kind.socketType | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemCallFailed("socket") }
    defer { close(descriptor) }
    var address = sockaddr_in.loopback(port: port)
    return withUnsafeBytes(of: &address) { bytes in
        let raw = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
        return Glibc.bind(descriptor, raw, socklen_t(bytes.count)) == 0
    }
}

private enum FreePorts {
    /// Linux begins those it gives away at 32768, unless it was told otherwise.
    static let candidates: Range<UInt16> = 12_000..<32_000
    // Begins anywhere: other tests may run at the same time.
    private static let last = Mutex(UInt16.random(in: candidates))

    static func next() -> UInt16 {
        last.withLock { last in
            last = last + 1 < candidates.upperBound ? last + 1 : candidates.lowerBound
            return last
        }
    }
}

extension sockaddr_in {
    /// - Parameter port: 0 for any that is free
    package static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }
}
