import Foundation
import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Repo

struct AuditStoreTests {
    private let directory: TemporaryDirectory
    private let repo: Repo
    private let store: AuditStore

    init() throws {
        directory = try TemporaryDirectory()
        repo = try Repo(settings: .init(path: directory.path("agent.db")), bus: TelemetryBus())
        store = AuditStore(repo)
    }

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: number % 2 == 0 ? "run.started" : "quota.changed",
            actor: .init("user-\(number % 3)", .user),
            resourceType: number.isMultiple(of: 5) ? "quota" : "run",
            resourceID: number % 5 == 0 ? nil : "r\(number)", action: "start",
            details: #"{"command":["ü","\#(number)"]}"#, correlationID: "c\(number % 7)",
            clientIP: "127.0.0.1", userAgent: nil, insertedAt: Int64(number) * 1_000_000 + 7)
    }

    private func fill(_ count: Int = 40) async throws {
        try await store.append((0..<count / 2).map(Self.entry))
        for number in count / 2..<count { try await store.append([Self.entry(number)]) }
    }

    @discardableResult
    private func sqlite(_ script: String) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run("sqlite3", [directory.path("agent.db"), script])
    }

    /// What tampers has to take the triggers away first.
    private func tamper(_ script: String) async throws {
        let drops = ["audit_keeps_what_is_there", "audit_keeps_all", "audit_appends"]
        let saved = try await sqlite(
            "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger'"
        ).output
        let outcome = try await sqlite(
            drops.map { "DROP TRIGGER \($0);" }.joined() + script + ";" + saved)
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
    }

    // MARK: Appending and reading

    @Test func `entries are numbered from 1, come back as they were, newest first`() async throws {
        try await fill()
        let all = try await store.records()
        #expect(all.map(\.seq) == (1...40).reversed())
        #expect(all.map(\.entry) == (0..<40).reversed().map(Self.entry))
        #expect(all.allSatisfy { $0.hash.count == 32 && $0.entry.insertedAt % 1000 == 0 })
        let verdict = try await store.verify()
        #expect(verdict.isIntact && verdict.entries == 40 && verdict.head?.seq == 40)
        #expect(try AuditStore.verify(path: directory.path("agent.db")) == verdict)
    }

    @Test(arguments: [
        AuditFilter(eventType: "run.started"), AuditFilter(actor: "user-1"),
        AuditFilter(resourceType: "run", resourceID: "r7"), AuditFilter(resourceType: "run"),
        AuditFilter(correlationID: "c3"),
        AuditFilter(since: 5_000_000, until: 17_000_000),
        AuditFilter(eventType: "quota.changed", actor: "user-0", since: 9_000_001),
        AuditFilter(eventType: "nothing"),
    ])
    func `a filter gives what it says, page by page, nothing twice`(_ filter: AuditFilter)
        async throws
    {
        try await fill()
        let wanted = (0..<40).reversed().map(Self.entry).filter { Self.matches($0, filter) }
        var found: [AuditRecord] = []
        while true {
            let page = try await store.records(filter, before: found.last?.seq, limit: 3)
            found += page
            if page.count < 3 { break }
        }
        #expect(found.map(\.entry) == wanted)
    }

    private static func matches(_ entry: AuditEntry, _ filter: AuditFilter) -> Bool {
        func holds<Value: Equatable>(_ wanted: Value?, _ found: Value?) -> Bool {
            wanted == nil || wanted == found
        }
        return holds(filter.eventType, entry.eventType) && holds(filter.actor, entry.actor.id)
            && holds(filter.resourceType, entry.resourceType)
            && holds(filter.resourceID, entry.resourceID)
            && holds(filter.correlationID, entry.correlationID)
            && (filter.since ?? .min) <= entry.insertedAt
            && entry.insertedAt <= (filter.until ?? .max)
    }

    @Test(arguments: [
        (AuditFilter(eventType: "x"), "audit_by_type"),
        (AuditFilter(actor: "x"), "audit_by_actor"),
        (AuditFilter(resourceType: "x", resourceID: "y"), "audit_by_resource"),
        (AuditFilter(resourceType: "x"), "audit_by_resource_type"),
        (AuditFilter(correlationID: "x"), "audit_by_correlation"),
        (AuditFilter(since: 1, until: 2), "audit_by_time"), (AuditFilter(), "audit_by_time"),
    ])
    func `each query finds its index and needs no sorting`(_ filter: AuditFilter, _ index: String)
        async throws
    {
        for before in [nil, (at: Int64(9), seq: Int64(9))] {
            let sql = filter.query(before: before, limit: 5).0.sql
            let plan = try await sqlite("EXPLAIN QUERY PLAN \(sql)").output
            #expect(plan.contains("SEARCH audit_entries USING INDEX \(index) "), "\(plan)")
            #expect(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "\(plan)")
        }
    }

    // MARK: Tampering

    @Test(arguments: [
        ("UPDATE audit_entries SET actor_id = 'x' WHERE seq = 3", "never changed"),
        ("UPDATE OR REPLACE audit_entries SET seq = 4 WHERE seq = 3", "never changed"),
        ("DELETE FROM audit_entries WHERE seq = 3", "never deleted"),
        ("DELETE FROM audit_entries", "never deleted"),
        (
            "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE seq = 3",
            "only ever appended"
        ),
        (
            "REPLACE INTO audit_entries SELECT 0, event_type, 'x', actor_type, resource_type, "
                + "resource_id, action, details, correlation_id, client_ip, user_agent, "
                + "inserted_at, hash, seal FROM audit_entries WHERE seq = 3", "only ever appended"
        ),
    ])
    func `the database itself refuses what would change an entry`(_ sql: String, _ reason: String)
        async throws
    {
        try await fill()
        let outcome = try await sqlite(sql)
        #expect(outcome.exit != .code(0) && outcome.errors.contains(reason))
        let verdict = try await store.verify()
        #expect(verdict.isIntact && verdict.entries == 40)
    }

    @Test(arguments: [
        "event_type", "actor_id", "resource_type", "resource_id", "action", "details",
        "correlation_id", "client_ip",
    ])
    func `a changed text is found, and which entry it is`(_ column: String) async throws {
        try await fill()
        try await tamper("UPDATE audit_entries SET \(column) = 'x' WHERE seq = 17")
        #expect(try await store.verify().faults == [.changed(seq: 17)])
    }

    static let edits: [(String, [AuditVerdict.Fault])] = [
        ("UPDATE audit_entries SET inserted_at = 1 WHERE seq = 17", [.changed(seq: 17)]),
        ("UPDATE audit_entries SET actor_type = 'api' WHERE seq = 17", [.changed(seq: 17)]),
        ("UPDATE audit_entries SET user_agent = '' WHERE seq = 17", [.changed(seq: 17)]),
        ("UPDATE audit_entries SET correlation_id = NULL WHERE seq = 17", [.changed(seq: 17)]),
        // What moves from one column to the next is not the same.
        (
            "UPDATE audit_entries SET event_type = 'run.', actor_id = 'started' || actor_id "
                + "WHERE seq = 17", [.changed(seq: 17)]
        ),
        // A hash that is changed fits neither its entry nor the next.
        (
            "UPDATE audit_entries SET hash = zeroblob(32) WHERE seq = 17",
            [.changed(seq: 17), .changed(seq: 18)]
        ),
        ("DELETE FROM audit_entries WHERE seq = 1", [.missing(1...1)]),
        ("DELETE FROM audit_entries WHERE seq BETWEEN 9 AND 12", [.missing(9...12)]),
        ("DELETE FROM audit_entries WHERE seq > 30", [.missing(31...40)]),
        ("DELETE FROM audit_entries", [.missing(1...40)]),
        (
            "UPDATE audit_entries SET seq = -4 WHERE seq = 40",
            [
                .changed(seq: -4), .changed(seq: 1), .missing(40...40),
            ]
        ),
    ]

    @Test(arguments: edits)
    func `an edit of the file is found`(_ sql: String, _ faults: [AuditVerdict.Fault]) async throws
    {
        try await fill()
        try await tamper(sql)
        #expect(try await store.verify().faults == faults)
        #expect(try AuditStore.verify(path: directory.path("agent.db")).faults == faults)
    }

    @Test func `a removed end stays a gap, whatever is appended after it`() async throws {
        try await fill()
        try await tamper("DELETE FROM audit_entries WHERE seq > 38")
        try await store.append([Self.entry(50)])
        let verdict = try await store.verify()
        #expect(verdict.faults == [.missing(39...40)] && verdict.head?.seq == 41)
    }

    @Test func `an end that was removed with every trace is found by what was written down`()
        async throws
    {
        try await fill()
        let anchor = try #require(try await store.verify().head)
        #expect(AuditVerdict.Anchor(anchor.text) == anchor)
        try repo.close()
        let path = directory.path("agent.db")
        try await tamper(
            """
            DELETE FROM audit_entries WHERE seq > 38;
            UPDATE sqlite_sequence SET seq = 38 WHERE name = 'audit_entries';
            UPDATE audit_tally SET entries = 38, seq = 38,
                hash = (SELECT hash FROM audit_entries WHERE seq = 38)
            """)
        #expect(try AuditStore.verify(path: path).faults == [.missing(39...40)])
        unlink(path + ".head")
        #expect(try AuditStore.verify(path: path).isIntact, "nothing here tells of it")
        #expect(try AuditStore.verify(path: path, against: anchor).faults == [.missing(39...40)])
        let again = try Repo(settings: .init(path: path), bus: TelemetryBus())
        let store = AuditStore(again)
        try await store.append([Self.entry(50), Self.entry(51)])
        #expect(try await store.verify(against: anchor).faults == [.notTheAnchor(seq: 40)])
    }

    @Test func `bytes changed in the file itself are found`() async throws {
        try await fill()
        try repo.close()
        let path = directory.path("agent.db")
        try changeBytes(of: path, from: "user-2", to: "user-X")
        #expect(!(try AuditStore.verify(path: path).isIntact))
    }

    @Test func `texts that are no anchor`() {
        let hash = String(repeating: "a", count: 64)
        for text in ["", "1", ":", "1:", "0:\(hash)", "x:\(hash)", "1:\(hash)a", "1:z"] {
            #expect(AuditVerdict.Anchor(text) == nil, "\(text)")
        }
        #expect(AuditVerdict.Anchor("7:\(hash.uppercased())")?.hash == hash)
    }

    /// Changes every place that holds the text, as an editor of bytes would.
    private func changeBytes(of path: String, from old: String, to new: String) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        try #require(bytes.range(of: Data(old.utf8)) != nil, "the text is in the file")
        while let place = bytes.range(of: Data(old.utf8)) {
            bytes.replaceSubrange(place, with: Data(new.utf8))
        }
        try bytes.write(to: URL(filePath: path))
    }
}
