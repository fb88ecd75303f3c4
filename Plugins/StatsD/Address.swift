import Glibc
import PluginKit

/// Where the receiver is, as the operator wrote it.
enum Address: Equatable, Sendable {
    case host(String, port: UInt16)
    /// A path of the file system, or "@name" in Linux's abstract namespace.
    case path(String)

    /// "127.0.0.1:8125", "statsd.example.org:8125", "[::1]:8125"; or a path for a Unix socket.
    init(_ text: String, for transport: TransportKind) throws {
        func refused(_ accepted: String) -> PluginError {
            PluginError("setting \"address\": found \"\(text)\", accepted: \(accepted)")
        }
        guard !transport.isUnix else {
            // sun_path has 108 bytes, one of them for the end.
            guard text.hasPrefix("/") || text.hasPrefix("@"), (2...107).contains(text.utf8.count),
                !text.utf8.contains(0)
            else {
                throw refused("an absolute path of at most 107 bytes, or \"@name\"")
            }
            self = .path(text)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, let port = UInt16(parts[parts.count - 1]), port > 0 else {
            throw refused("host:port, such as 127.0.0.1:8125 or [::1]:8125")
        }
        var host = parts.dropLast().joined(separator: ":")
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, host.utf8.count <= 253, isBracketed == (parts.count > 2),
            host.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw refused("host:port, such as 127.0.0.1:8125 or [::1]:8125")
        }
        self = .host(host, port: port)
    }
}

/// An address the kernel understands.
struct SocketAddress: Equatable, Sendable {
    let family: Int32
    private let bytes: [UInt8]

    init(family: Int32, bytes: UnsafeRawBufferPointer) {
        self.family = family
        self.bytes = Array(bytes)
    }

    init(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        var text = Array(path.utf8)
        let isAbstract = text.first == UInt8(ascii: "@")
        if isAbstract { text[0] = 0 }
        withUnsafeMutableBytes(of: &address) { whole in
            UnsafeMutableRawBufferPointer(rebasing: whole[offset...]).copyBytes(from: text)
        }
        let length = offset + text.count + (isAbstract ? 0 : 1)
        family = AF_UNIX
        bytes = withUnsafeBytes(of: address) { Array($0.prefix(length)) }
    }

    func withRaw<Result>(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result) -> Result {
        bytes.withUnsafeBytes {
            body($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
}
