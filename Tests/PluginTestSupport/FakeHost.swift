import CAgentPlugin

/// A host with the snapshots of tests, secrets that settings can name, and nothing else.
enum FakeHost {
    // Constant and without end, as the contract demands of a host.
    nonisolated(unsafe) static let pointer: UnsafePointer<agent_host> = {
        let host = UnsafeMutablePointer<agent_host>.allocate(capacity: 1)
        host.initialize(
            to: agent_host(
                size: UInt32(MemoryLayout<agent_host>.size), abi_major: 1, abi_minor: 0,
                reserved: 0, version: agent_str(), context: nil,
                get_interface: { _, id in
                    switch id.string {
                    case AGENT_HOST_SNAPSHOT_V1: UnsafeRawPointer(FakeSnapshot.table)
                    case AGENT_HOST_SECRETS_V1: UnsafeRawPointer(FakeHost.secrets)
                    default: nil
                    }
                }))
        return UnsafePointer(host)
    }()

    private nonisolated(unsafe) static let secrets: UnsafePointer<agent_host_secrets_v1> = {
        let table = UnsafeMutablePointer<agent_host_secrets_v1>.allocate(capacity: 1)
        table.initialize(
            to: agent_host_secrets_v1(
                size: UInt32(MemoryLayout<agent_host_secrets_v1>.size), reserved: 0,
                get: { _, key, buffer, capacity, length in
                    let secrets = ["TOKEN": "t0ken", "PASSWORD": "open sesame"]
                    guard let secret = secrets[key.string], let buffer else {
                        return AGENT_NOT_FOUND
                    }
                    length?.pointee = UInt64(secret.utf8.count)
                    guard secret.utf8.count <= capacity else { return AGENT_FULL }
                    for (index, byte) in secret.utf8.enumerated() {
                        buffer[index] = CChar(bitPattern: byte)
                    }
                    return AGENT_OK
                }))
        return UnsafePointer(table)
    }()
}
