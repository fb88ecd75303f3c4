import Foundation
import Glibc
import Synchronization
import TestSupport

/// Takes one HTTP request and answers it.
final class JSONReceiver: Sendable {
    struct Request {
        let head: String
        let body: [UInt8]
    }

    let port: UInt16
    private let listener: Int32
    private let answer: String
    private let received = Mutex<Request?>(nil)

    /// - Parameter answer: what follows `HTTP/1.1` in its head
    init(answering answer: String) throws {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutableBytes(of: &address) { bytes in
            let raw = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, raw, size) == 0 && getsockname(descriptor, raw, &size) == 0
        }
        guard isBound, listen(listener, 1) == 0 else { throw SystemCallFailed("bind") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { self.serve() }
    }

    /// The request, once it is there.
    func request() async throws -> Request {
        try await waitFor("a request") { received.withLock { $0 } }
    }

    private func serve() {
        let connection = accept(listener, nil, nil)
        close(listener)
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        var request: Request?
        while request == nil {
            let count = recv(connection, &room, room.count, 0)
            guard count > 0 else { break }
            bytes += room[..<count]
            request = Self.parse(bytes)
        }
        let head = answer == "nonsense" ? answer : "HTTP/1.1 " + answer
        let text = Array((head + "\r\nContent-Length: 0\r\n\r\n").utf8)
        send(connection, text, text.count, Int32(MSG_NOSIGNAL))
        close(connection)
        received.withLock { $0 = request }
    }

    /// The request, when all of it is there.
    private static func parse(_ bytes: [UInt8]) -> Request? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let lengths = head.split(separator: "\r\n").compactMap { line in
            line.hasPrefix("Content-Length: ") ? Int(line.dropFirst(16)) : nil
        }
        let body = Array(bytes[end.upperBound...])
        return body.count == lengths.first ? Request(head: head, body: body) : nil
    }
}
