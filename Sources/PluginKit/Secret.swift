import CAgentPlugin
import Glibc

/// A setting the operator keeps secret. It is never printed and is overwritten when it is let go.
public final class Secret: Sendable, CustomStringConvertible {
    // Written by init alone; freed by deinit.
    private nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    public init(copying text: some Collection<UInt8>) {
        bytes = .allocate(byteCount: text.count, alignment: 1)
        bytes.copyBytes(from: text)
    }

    deinit {
        Self.erase(bytes)
        bytes.deallocate()
    }

    public var description: String { "(secret)" }

    /// Lends the bytes; do not keep a copy.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result
    {
        try body(UnsafeRawBufferPointer(bytes))
    }

    /// Whether it is `other`, in a time that depends on the length of `other` alone.
    public func matches(_ other: UnsafeRawBufferPointer) -> Bool {
        var difference = bytes.count ^ other.count
        for index in other.indices {
            let own = bytes.isEmpty ? 0 : bytes[index % bytes.count]
            difference |= Int(own ^ other[index])
        }
        return difference == 0
    }
}

extension Secret {
    private static func erase(_ bytes: UnsafeMutableRawBufferPointer) {
        if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
    }

    /// Fetches the secret that stands as `{"secret": key}` in the settings.
    convenience init(_ key: String, of host: Host) throws {
        guard
            let table: UnsafePointer<agent_host_secrets_v1> = host.interface(AGENT_HOST_SECRETS_V1)
        else { throw PluginError("the host keeps no secrets", status: AGENT_UNSUPPORTED) }
        var capacity = 256
        while true {
            let room = UnsafeMutableBufferPointer<CChar>.allocate(capacity: capacity)
            defer {
                Self.erase(UnsafeMutableRawBufferPointer(room))
                room.deallocate()
            }
            var length: UInt64 = 0
            let status = viewed(key) {
                table.pointee.get(host.raw, $0, room.baseAddress, UInt64(capacity), &length)
            }
            if status == AGENT_FULL, length > capacity, length <= 1 << 20 {
                capacity = Int(length)
                continue
            }
            guard status == AGENT_OK, length <= capacity else {
                throw PluginError(
                    "there is no secret \"\(key)\" (status \(status))", status: status)
            }
            self.init(copying: UnsafeRawBufferPointer(room).prefix(Int(length)))
            return
        }
    }
}
