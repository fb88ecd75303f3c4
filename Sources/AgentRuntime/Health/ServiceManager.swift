import AgentConfiguration
import Glibc

/// The service manager that started the agent, and wants to know how it fares.
///
/// Source: sd_notify(3), sd_watchdog_enabled(3)
struct ServiceManager: Sendable {
    private let path: [UInt8]

    /// How long the manager waits for a sign of life; `nil` where it does not.
    let watchdog: Duration?

    /// `nil` where no service manager asks for anything.
    init?(environment: Environment = .process, processID: Int32 = getpid()) {
        guard let name = environment["NOTIFY_SOCKET"], let first = name.utf8.first,
            first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
        else { return nil }
        var path = Array(name.utf8)
        guard path.count > 1, path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path),
            !path.contains(0)
        else { return nil }
        // "@" stands for the zero with which the name of an abstract socket begins.
        if first == UInt8(ascii: "@") { path[0] = 0 }
        self.path = path

        let isMine = environment["WATCHDOG_PID"].map { Int32($0) == processID } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
            .flatMap { isMine && $0 > 0 ? .microseconds($0) : nil }
    }

    /// Sends one datagram of these assignments. Never waits; a message that finds no room is lost, and the next one
    /// says the same.
    ///
    /// - Returns: whether it was sent
    @discardableResult
    func tell(_ assignments: [String]) -> Bool {
        let message = assignments.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // An abstract name ends where the length says.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1))
        let bytes = Array(message.utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor, bytes, bytes.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
                    $0, length)
            }
        }
        return sent == bytes.count
    }
}
