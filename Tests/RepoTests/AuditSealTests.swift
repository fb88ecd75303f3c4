import Repo
import Telemetry
import TestSupport
import Testing

/// Entries that are sealed with a key outside the store.
struct AuditSealTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    private static let key = Array("a key of the operator's".utf8)
    private static let other = Array("a key of somebody else's".utf8)

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: "run.started", actor: .init("ann", .user), resourceType: "run",
            resourceID: "r\(number)", action: "start", insertedAt: Int64(number) * 1_000_000)
    }

    private func append(_ numbers: ClosedRange<Int>, _ key: [UInt8]?) async throws {
        let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
        try await AuditStore(repo, keys: AuditKeys(current: key)).append(numbers.map(Self.entry))
        try repo.close()
    }

    private func faults(_ keys: AuditKeys) throws -> [AuditVerdict.Fault] {
        try AuditStore.verify(path: path, keys: keys).faults
    }

    @Test func `sealed entries are intact with the key and without it, not with another`()
        async throws
    {
        try await append(1...3, Self.key)
        #expect(try faults(.none) == [])
        #expect(try faults(AuditKeys(current: Self.key)) == [])
        #expect(try faults(AuditKeys(current: Self.other)) == (1...3).map { .wrongSeal(seq: $0) })
        #expect(try AuditStore.verify(path: path).sealed == 3)
    }

    @Test func `entries of the time before the key come first`() async throws {
        try await append(1...3, nil)
        #expect(try faults(AuditKeys(current: Self.key)) == [.noSeal])
        try await append(4...5, Self.key)
        #expect(try faults(AuditKeys(current: Self.key)) == [])
        try await append(6...6, nil)
        #expect(try faults(AuditKeys(current: Self.key)) == [.unsealed(seq: 6)])
    }

    @Test func `a key is changed by keeping the former one for what it sealed`() async throws {
        try await append(1...2, Self.key)
        try await append(3...4, Self.other)
        #expect(try faults(AuditKeys(current: Self.other, former: [Self.key])) == [])
        #expect(
            try faults(AuditKeys(current: Self.other)) == [.wrongSeal(seq: 1), .wrongSeal(seq: 2)])
    }

    @Test func `who has the file and no key cannot chain it anew`() async throws {
        try await append(1...3, Self.key)
        try await append(4...9, Self.other)
        // All hashes fit; the seals from entry 4 on are of whoever wrote these.
        #expect(try faults(.none) == [])
        #expect(try faults(AuditKeys(current: Self.key)) == (4...9).map { .wrongSeal(seq: $0) })
        let strip = "DROP TRIGGER audit_keeps_what_is_there; UPDATE audit_entries SET seal = NULL"
        _ = try await ChildProcess.run("sqlite3", [path, strip])
        #expect(try faults(AuditKeys(current: Self.key)).contains(.noSeal))
    }
}
