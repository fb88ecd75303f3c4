import Glibc
import Telemetry
import TestSupport
import Testing

@testable import EventIntake

/// An intake on sockets of its own, gone with its owner.
final class RunningIntake: Sendable {
    let bus = TelemetryBus()
    let recorder: EventRecorder
    let intake: EventIntake
    let directory: String

    init(_ configure: (inout IntakeSettings, String) -> Void) throws {
        var template = Array("/tmp/intake-XXXXXX".utf8CString)
        directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        recorder = try EventRecorder(bus, .all)
        var settings = IntakeSettings()
        configure(&settings, directory)
        intake = EventIntake(bus: bus, settings: settings)
        try intake.start()
    }

    deinit {
        intake.stop(within: .seconds(1))
        for name in ["s", "d"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    /// Waits until `source` has received `count`; answers its counts.
    func counts(_ source: IntakeSource, received count: Int) async -> IntakeCounts {
        await wait { self.intake.accounting[source].received >= count }
        return intake.accounting[source]
    }
}

/// Waits until something is so, or so long that it will not come any more.
@discardableResult
func wait(_ condition: () -> Bool) async -> Bool {
    (try? await waitUntil(condition: condition)) != nil
}

func balances(_ counts: IntakeCounts) -> Bool {
    counts.received == counts.applied + counts.rejectedInAll + counts.droppedInAll
}

struct SendError: Error {
    let code: Int32
}

/// A sender's socket.
///
/// `@unchecked Sendable`: a descriptor, used by one task at a time.
final class Client: @unchecked Sendable {
    let number: Int32

    private init(_ number: Int32) { self.number = number }
    deinit { close(number) }

    static func unix(_ path: String, _ type: __socket_type = SOCK_STREAM) throws -> Client {
        let client = Client(socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let connected = UnixSocket.with(try UnixSocket.address(path)) {
            connect(client.number, $0, $1)
        }
        try #require(connected == 0, "connect: \(errno)")
        return client
    }

    static func udp(_ port: UInt16) throws -> Client {
        let client = Client(socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let address = sockaddr_in.loopback(port: port)
        let connected = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        return client
    }

    /// Has the kernel cut what is sent into datagrams of this size.
    func segment(_ size: Int32) -> Bool {
        var size = size
        // SOL_UDP, UDP_SEGMENT
        return setsockopt(number, 17, 103, &size, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    number, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SendError(code: errno) }
            at += count
        }
    }

    /// Whether the other side has closed, after waiting for that.
    func isClosedByPeer() -> Bool {
        var byte: UInt8 = 0
        return recv(number, &byte, 1, 0) <= 0
    }
}
