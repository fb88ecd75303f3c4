public import CAgentPlugin

/// All series at one time: families, their series, their values. Used by one thread at a time; it and every
/// view into it are valid until the call that was handed it returns.
public struct Snapshot {
    @usableFromInline let raw: OpaquePointer
    @usableFromInline let table: UnsafePointer<agent_host_snapshot_v1>

    init(_ raw: OpaquePointer, _ table: UnsafePointer<agent_host_snapshot_v1>) {
        self.raw = raw
        self.table = table
    }

    /// When it was taken: nanoseconds since 1970.
    public var timeNanoseconds: Int64 { table.pointee.time_ns(raw) }

    /// Calls `body` with every family, sorted by name.
    @inlinable public func forEachFamily(_ body: (Family) throws -> Void) throws {
        for index in 0..<table.pointee.family_count(raw) {
            var family = agent_family()
            family.size = UInt32(MemoryLayout<agent_family>.size)
            let status = table.pointee.family(raw, index, &family)
            guard status == AGENT_OK else { return try Self.check(status) }
            try body(Family(raw: family, index: index))
        }
    }

    /// Calls `body` with every series of a family. What a series points to is valid until `body` returns, its
    /// labels as long as the snapshot. The host is asked for 128 series at a time.
    @inlinable public func forEachSeries(
        of family: Family, _ body: (borrowing Series) throws -> Void
    ) throws {
        try withUnsafeTemporaryAllocation(of: agent_series.self, capacity: 128) { batch in
            var cursor: UInt64 = 0
            while true {
                var count: UInt32 = 0
                let status = table.pointee.series(
                    raw, family.index, &cursor, batch.baseAddress, UInt32(batch.count), &count)
                guard status >= 0 else { return try Self.check(status) }
                for index in 0..<min(Int(count), batch.count) {
                    try body(Series(batch.baseAddress.unsafelyUnwrapped + index))
                }
                guard count > 0, status == AGENT_OK else { return }
            }
        }
    }

    /// The labels of a series as plain pairs, unescaped.
    public func labels(
        of series: borrowing Series, in family: Family
    ) throws -> [(name: TextView, value: TextView)] {
        var pairs = [agent_pair](repeating: agent_pair(), count: Int(family.raw.label_count) + 8)
        while true {
            var count: UInt32 = 0
            try Self.check(
                table.pointee.labels(
                    raw, family.index, series.id, &pairs, UInt32(pairs.count), &count))
            if count <= pairs.count {
                return pairs.prefix(Int(count)).map { (TextView($0.name), TextView($0.value)) }
            }
            pairs = [agent_pair](repeating: agent_pair(), count: Int(count))
        }
    }

    @usableFromInline static func check(_ status: agent_status) throws {
        guard status < 0 else { return }
        throw PluginError("the snapshot could not be read (status \(status))", status: status)
    }
}
