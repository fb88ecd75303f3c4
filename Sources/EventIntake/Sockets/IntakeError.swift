import Glibc

/// Why a socket could not be opened.
package enum IntakeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Someone answers at this address already.
    case addressInUse(String)
    case permissionDenied(String)
    /// The path names something that is no socket, and is left alone.
    case notASocket(String)
    /// A Unix socket's path is longer than the system allows, or empty.
    case pathLength(String)
    case noSuchDirectory(String)
    case unknownHost(String)
    /// Anything else, with the system's own word for it.
    case system(String, operation: String, code: Int32)

    package var description: String {
        switch self {
        case .addressInUse(let address):
            "cannot listen on \(address): another process listens there; stop it or choose another address"
        case .permissionDenied(let address):
            "cannot listen on \(address): permission denied; choose an address this user may open"
        case .notASocket(let path):
            "cannot listen on \(path): a file that is no socket is in the way; move it or choose another path"
        case .pathLength(let path):
            "cannot listen on \"\(path)\": a socket's path has 1 to \(UnixSocket.longestPath) bytes"
        case .noSuchDirectory(let path):
            "cannot listen on \(path): its directory does not exist; create it or choose another path"
        case .unknownHost(let host):
            "cannot listen on \(host): no address is known by that name; give an IP address"
        case .system(let address, let operation, let code):
            "cannot listen on \(address): \(operation) failed: \(Self.text(code))"
        }
    }

    /// The error of the system call that failed last in this thread.
    static func last(_ operation: String, _ address: String) -> IntakeError {
        switch errno {
        case EADDRINUSE: .addressInUse(address)
        case EACCES, EPERM, EROFS: .permissionDenied(address)
        case ENOENT, ENOTDIR: .noSuchDirectory(address)
        case let code: .system(address, operation: operation, code: code)
        }
    }

    private static func text(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
