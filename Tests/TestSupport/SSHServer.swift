import Foundation
import Glibc

/// A real `sshd` (Debian's package `openssh-server`) on the loopback address, with keys of its own, that lets in who
/// runs the tests.
package final class SSHServer: Sendable {
    package let port: UInt16
    package let user: String
    /// The key that is let in.
    package let identityFile: String
    /// A key that is not.
    package let strangersFile: String
    /// The server's own key.
    package let knownHostsFile: String
    /// Another key for the same host.
    package let wrongHostsFile: String
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a server; returns when it listens.
    ///
    /// - Parameters:
    ///   - settings: Further lines of `sshd_config`; the first of two that say the same counts.
    package init(_ settings: String = "") async throws {
        directory = try TemporaryDirectory()
        for name in ["host", "wrong", "user", "stranger"] {
            let key = directory.path(name)
            let made = try await ChildProcess.run(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key])
            guard made.exit == .code(0) else {
                throw ChildProcess.EndedEarly(description: "ssh-keygen: \(made.errors)")
            }
        }
        identityFile = directory.path("user")
        strangersFile = directory.path("stranger")
        user = NSUserName()
        port = try freePort()
        let publicKey = { [directory] (name: String) throws -> String in
            try String(contentsOfFile: directory.path("\(name).pub"), encoding: .utf8)
        }
        knownHostsFile = try directory.write(
            "[127.0.0.1]:\(port) \(publicKey("host"))", to: "known")
        wrongHostsFile = try directory.write(
            "[127.0.0.1]:\(port) \(publicKey("wrong"))", to: "wrongs")
        try directory.write(publicKey("user"), to: "authorized")
        let configuration = try directory.write(
            """
            \(settings)
            ListenAddress 127.0.0.1
            Port \(port)
            HostKey \(directory.path("host"))
            AuthorizedKeysFile \(directory.path("authorized"))
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            PidFile none
            MaxStartups 100
            LogLevel VERBOSE
            """, to: "sshd_config")
        // Where the system has not started one, a server of root's lacks the directory it locks itself into.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        process = try ChildProcess("/usr/sbin/sshd", ["-D", "-e", "-f", configuration])
        try await waitUntil("sshd to listen") { [process] in
            if process.ended != nil { throw ChildProcess.EndedEarly(description: process.errors) }
            return process.errors.contains("Server listening on")
        }
    }

    /// The processes that serve connections: the server's children.
    package func connections() throws -> [Int32] {
        let path = "/proc/\(process.processID)/task/\(process.processID)/children"
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: " ")
            .compactMap { Int32($0) }
    }

    /// Cuts every connection, without a word to the other side.
    package func cutConnections() throws {
        for connection in try connections() {
            let path = "/proc/\(connection)/task/\(connection)/children"
            let children = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            for child in children.split(separator: " ").compactMap({ Int32($0) }) {
                kill(child, SIGKILL)
            }
            kill(connection, SIGKILL)
        }
    }

    /// How many connections it has let in.
    package var accepted: Int {
        process.errors.split(whereSeparator: \.isNewline).count {
            $0.contains("Accepted publickey")
        }
    }
}
