import Synchronization

/// Counts what became of all input, by source, without locks.
///
/// For each source `received == applied + rejected + dropped` whenever nothing is being decoded. Listeners add a batch
/// at a time, so counting costs a line nothing.
package final class IntakeAccounting: Sendable {
    private let unixStream = SourceCounters()
    private let unixDatagram = SourceCounters()
    private let udp = SourceCounters()
    private let http = SourceCounters()
    private let faults = Mutex(FaultHistory())

    init() {}

    /// The counts of every source now.
    package func snapshot() -> [IntakeSource: IntakeCounts] {
        Dictionary(uniqueKeysWithValues: IntakeSource.allCases.map { ($0, self[$0]) })
    }

    /// The counts of one source now.
    package subscript(source: IntakeSource) -> IntakeCounts { counters(source).counts }

    /// The last faults of any source, newest last: a few for people, not all.
    package var recentFaults: [IntakeFault] { faults.withLock { $0.recent } }

    func counters(_ source: IntakeSource) -> SourceCounters {
        switch source {
        case .unixStream: unixStream
        case .unixDatagram: unixDatagram
        case .udp: udp
        case .http: http
        }
    }

    /// Adds what became of a batch of `bytes` bytes.
    func add(_ summary: DecodeSummary, bytes: Int, to source: IntakeSource) {
        counters(source).add(summary, bytes: bytes)
        guard let last = summary.faults.last else { return }
        faults.withLock { $0.add(IntakeFault(source: source, fault: last)) }
    }
}

/// A fault and where it came in.
package struct IntakeFault: Sendable, Hashable {
    package let source: IntakeSource
    package let fault: DecodeFault
}

private struct FaultHistory {
    private static let kept = 16
    var recent: [IntakeFault] = []

    mutating func add(_ fault: IntakeFault) {
        if recent.count == Self.kept { recent.removeFirst() }
        recent.append(fault)
    }
}

/// What came in at one source and what became of it.
package struct IntakeCounts: Sendable, Hashable {
    package fileprivate(set) var received = 0
    package fileprivate(set) var applied = 0
    /// Reasons that occurred.
    package fileprivate(set) var rejected: [RejectReason: Int] = [:]
    /// Reasons that occurred.
    package fileprivate(set) var dropped: [DropReason: Int] = [:]
    package fileprivate(set) var bytes = 0
    package fileprivate(set) var openConnections = 0
    package fileprivate(set) var totalConnections = 0

    package var rejectedInAll: Int { rejected.values.reduce(0, +) }
    /// What its senders did wrong: that nobody wants an event is no fault of theirs.
    package var faulty: Int { rejectedInAll &- rejected[.unhandled, default: 0] }
    package var droppedInAll: Int { dropped.values.reduce(0, +) }
}

/// The counters of one source.
final class SourceCounters: Sendable {
    private let received = Atomic<Int>(0)
    private let applied = Atomic<Int>(0)
    private let rejected: AtomicCounts<RejectReason>
    private let dropped: AtomicCounts<DropReason>
    private let bytes = Atomic<Int>(0)
    private let openConnections = Atomic<Int>(0)
    private let totalConnections = Atomic<Int>(0)

    init() {
        rejected = AtomicCounts()
        dropped = AtomicCounts()
    }

    func add(_ summary: DecodeSummary, bytes count: Int) {
        bytes.wrappingAdd(count, ordering: .relaxed)
        applied.wrappingAdd(summary.applied, ordering: .relaxed)
        if summary.applied != summary.received {
            for (reason, count) in summary.rejectedByReason { rejected.add(count, to: reason) }
            dropped.add(summary.sampledOut, to: .sampledOut)
            dropped.add(summary.rateLimited, to: .rateLimited)
        }
        received.wrappingAdd(summary.received, ordering: .releasing)
    }

    func drop(_ count: Int, _ reason: DropReason) {
        dropped.add(count, to: reason)
        received.wrappingAdd(count, ordering: .releasing)
    }

    func connectionOpened() {
        totalConnections.wrappingAdd(1, ordering: .relaxed)
        openConnections.wrappingAdd(1, ordering: .relaxed)
    }

    func connectionClosed() { openConnections.wrappingSubtract(1, ordering: .relaxed) }

    var counts: IntakeCounts {
        var counts = IntakeCounts()
        // First, and released last: what it counts is in the others by now.
        counts.received = received.load(ordering: .acquiring)
        counts.applied = applied.load(ordering: .relaxed)
        counts.rejected = rejected.nonZero
        counts.dropped = dropped.nonZero
        counts.bytes = bytes.load(ordering: .relaxed)
        counts.openConnections = openConnections.load(ordering: .relaxed)
        counts.totalConnections = totalConnections.load(ordering: .relaxed)
        return counts
    }
}

/// A count for each case of an enum.
///
/// `@unchecked Sendable`: the memory lives as long as this and holds atomics only.
private final class AtomicCounts<Key: CaseIterable & Hashable & Sendable>: @unchecked Sendable {
    private let keys = Array(Key.allCases)
    private let counts: UnsafeMutablePointer<Atomic<Int>>

    init() {
        counts = .allocate(capacity: Key.allCases.count)
        for index in keys.indices { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit { counts.deallocate() }

    func add(_ count: Int, to key: Key) {
        guard let index = keys.firstIndex(of: key) else { return }
        counts[index].wrappingAdd(count, ordering: .relaxed)
    }

    var nonZero: [Key: Int] {
        var result: [Key: Int] = [:]
        for (index, key) in keys.enumerated() {
            let count = counts[index].load(ordering: .relaxed)
            if count != 0 { result[key] = count }
        }
        return result
    }
}
