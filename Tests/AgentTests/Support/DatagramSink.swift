import Foundation
import Glibc
import Synchronization
import TestSupport

/// Keeps whatever is sent to a UDP port of its own.
final class DatagramSink: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let received = Mutex<[UInt8]>([])
    private let isOver = Atomic(false)

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemCallFailed("socket") }
        self.descriptor = descriptor
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isBound else {
            close(descriptor)
            throw SystemCallFailed("bind")
        }
        var patience = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
        Thread.detachNewThread { [self] in receive() }
    }

    /// What came so far, a line end behind each datagram.
    var bytes: [UInt8] { received.withLock { $0 } }

    /// Lets go of the port.
    func stop() { isOver.store(true, ordering: .relaxed) }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isOver.load(ordering: .relaxed) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { continue }
            received.withLock { $0 += buffer[..<count] + [UInt8(ascii: "\n")] }
        }
        close(descriptor)
    }
}
