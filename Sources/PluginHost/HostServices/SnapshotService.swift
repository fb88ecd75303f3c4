import CAgentPlugin

/// agent.host.snapshot/1
enum SnapshotService {
    static var table: agent_host_snapshot_v1 {
        agent_host_snapshot_v1(
            size: UInt32(MemoryLayout<agent_host_snapshot_v1>.size), reserved: 0,
            acquire: { host, out in
                HostContext.withServices(host) { services in
                    guard let out else { return AGENT_INVALID }
                    guard let snapshot = services.snapshots.acquire() else { return AGENT_FULL }
                    out.pointee = snapshot.opaque
                    return AGENT_OK
                } ?? AGENT_CLOSED
            },
            release: { host, snapshot in
                guard let snapshot else { return }
                _ = HostContext.withServices(host) { services in
                    services.snapshots.release(UnsafeRawPointer(snapshot))
                }
            },
            time_ns: { snapshot in PluginSnapshot.with(snapshot) { $0.time } ?? 0 },
            family_count: { snapshot in
                PluginSnapshot.with(snapshot) { UInt32($0.familyCount) } ?? 0
            },
            family: { SnapshotService.family($0, $1, $2) },
            series: { SnapshotService.series($0, $1, $2, $3, $4, $5) },
            labels: { snapshot, family, id, out, capacity, count in
                PluginSnapshot.with(snapshot) { snapshot in
                    let total = snapshot.labels(Int(family), id, out, capacity: Int(capacity))
                    guard let total else { return AGENT_NOT_FOUND }
                    count?.pointee = UInt32(total)
                    return AGENT_OK
                } ?? AGENT_INVALID
            })
    }

    private static func family(
        _ snapshot: OpaquePointer?, _ index: UInt32, _ out: UnsafeMutablePointer<agent_family>?
    ) -> agent_status {
        PluginSnapshot.with(snapshot) { snapshot in
            guard let out else { return AGENT_INVALID }
            guard var family = snapshot.family(Int(index)) else { return AGENT_END }
            // A plugin built against an older header has room for less.
            let size = min(out.pointee.size, family.size)
            guard size >= ABITable.end(of: \agent_family.quantiles_count) else {
                return AGENT_INVALID
            }
            family.size = size
            withUnsafeBytes(of: &family) { bytes in
                UnsafeMutableRawPointer(out).copyMemory(
                    from: bytes.baseAddress!, byteCount: Int(size))
            }
            return AGENT_OK
        } ?? AGENT_INVALID
    }

    private static func series(
        _ snapshot: OpaquePointer?, _ family: UInt32, _ cursor: UnsafeMutablePointer<UInt64>?,
        _ out: UnsafeMutablePointer<agent_series>?, _ capacity: UInt32,
        _ count: UnsafeMutablePointer<UInt32>?
    ) -> agent_status {
        PluginSnapshot.with(snapshot) { snapshot in
            guard let cursor, let out, let count, capacity > 0 else {
                count?.pointee = 0
                return AGENT_INVALID
            }
            let read = snapshot.series(
                Int(family), cursor: &cursor.pointee, out, capacity: Int(capacity))
            count.pointee = UInt32(read ?? 0)
            return read.map { $0 > 0 ? AGENT_OK : AGENT_END } ?? AGENT_NOT_FOUND
        } ?? AGENT_INVALID
    }
}
