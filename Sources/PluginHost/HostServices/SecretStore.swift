import CAgentPlugin
import Glibc
import Telemetry

/// The secrets of one instance, overwritten when it is gone.
final class SecretStore: Sendable {
    private let secrets: Guarded<[String: [UInt8]]>

    init(_ secrets: [String: [UInt8]]) { self.secrets = Guarded(secrets) }

    /// Copies a secret to where the plugin wants it.
    func copy(
        _ key: String, to buffer: UnsafeMutableRawPointer?, capacity: UInt64,
        length: UnsafeMutablePointer<UInt64>?
    ) -> agent_status {
        secrets.withLock { secrets in
            guard let secret = secrets[key] else { return AGENT_NOT_FOUND }
            length?.pointee = UInt64(secret.count)
            guard UInt64(secret.count) <= capacity else { return AGENT_FULL }
            guard !secret.isEmpty else { return AGENT_OK }
            guard let buffer else { return AGENT_INVALID }
            secret.withUnsafeBytes { buffer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            return AGENT_OK
        }
    }

    func erase() {
        secrets.withLock { secrets in
            for key in secrets.keys {
                secrets[key]?.withUnsafeMutableBytes { bytes in
                    if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
                }
            }
            secrets = [:]
        }
    }
}

/// agent.host.secrets/1
enum SecretsService {
    static var table: agent_host_secrets_v1 {
        agent_host_secrets_v1(
            size: UInt32(MemoryLayout<agent_host_secrets_v1>.size), reserved: 0,
            get: { host, key, buffer, capacity, length in
                HostContext.withServices(host) { services in
                    guard let key = try? ABIText.read(key, "", limit: ABIText.maximumName) else {
                        return AGENT_INVALID
                    }
                    return services.secrets.copy(
                        key, to: buffer, capacity: capacity, length: length)
                } ?? AGENT_CLOSED
            })
    }
}
