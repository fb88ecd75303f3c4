import CAgentPlugin

/// The host as one instance sees it. Valid until the instance is destroyed; usable from any thread.
///
/// A service this host does not offer does nothing, or throws where an answer is needed.
public struct Host: @unchecked Sendable {
    // Everything behind these pointers is constant and the host's functions may be called from any thread.
    let raw: UnsafePointer<agent_host>
    private let snapshots: UnsafePointer<agent_host_snapshot_v1>?

    public let log: HostLog
    public let clock: HostClock
    public let status: HostStatus

    /// Whether another instance of the same name runs, has exported until now, and ends when this one works.
    public let isReplacement: Bool

    init(_ raw: UnsafePointer<agent_host>, isReplacement: Bool = false) {
        self.raw = raw
        self.isReplacement = isReplacement
        snapshots = Self.table(raw, AGENT_HOST_SNAPSHOT_V1)
        log = HostLog(raw: raw, table: Self.table(raw, AGENT_HOST_LOG_V1))
        clock = HostClock(raw: raw, table: Self.table(raw, AGENT_HOST_CLOCK_V1))
        status = HostStatus(raw: raw, table: Self.table(raw, AGENT_HOST_STATUS_V1))
    }

    /// The agent's version.
    public var version: String { TextView(raw.pointee.version).description }

    func interface<Table>(_ id: String) -> UnsafePointer<Table>? {
        Self.table(raw, id)
    }

    private static func table<Table>(
        _ raw: UnsafePointer<agent_host>, _ id: String
    ) -> UnsafePointer<Table>? {
        viewed(id) { raw.pointee.get_interface(raw, $0) }?.assumingMemoryBound(to: Table.self)
    }

    /// A snapshot the host handed over, which it releases itself.
    func snapshot(_ snapshot: OpaquePointer?) throws -> Snapshot {
        guard let snapshot, let snapshots else {
            throw PluginError("the host gave no snapshot", status: AGENT_UNSUPPORTED)
        }
        return Snapshot(snapshot, snapshots)
    }

    /// Takes a snapshot for a plugin that works on its own schedule, and releases it after `body`.
    public func withSnapshot<Result>(_ body: (Snapshot) throws -> Result) throws -> Result {
        guard let snapshots else {
            throw PluginError("the host offers no snapshots", status: AGENT_UNSUPPORTED)
        }
        var taken: OpaquePointer?
        let status = snapshots.pointee.acquire(raw, &taken)
        guard status == AGENT_OK, let taken else {
            throw PluginError("no snapshot (status \(status))", status: status)
        }
        defer { snapshots.pointee.release(raw, taken) }
        return try body(Snapshot(taken, snapshots))
    }
}

/// Lends a string's UTF-8 for the time of `body`.
func viewed<Result>(_ string: String, _ body: (agent_str) -> Result) -> Result {
    var string = string
    return string.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
            body(agent_str(data: $0.baseAddress, size: UInt64($0.count)))
        }
    }
}
