import Glibc
import Repo
import Telemetry
import TestSupport
import Testing

/// What is new lies in a file beside the store: it must not be lost unseen.
struct StoreMarkTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            eventType: "run.started", actor: .init("ann", .user), resourceType: "run",
            resourceID: "r\(number)", action: "start", insertedAt: Int64(number) * 1_000_000)
    }

    private static func run() -> Run {
        Run(
            deviceID: "d", protocolName: "local", site: "s", command: ["x"], requestedBy: "t",
            createdAt: 1)
    }

    private func open() throws(RepoError) -> Repo {
        try Repo(settings: .init(path: path), bus: TelemetryBus())
    }

    /// Stores ten runs and ten entries in a process that is killed then.
    private func crash() async {
        let path = path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
            for number in 1...10 {
                try await RunStore(repo).create(Self.run())
                try await AuditStore(repo).append([Self.entry(number)])
            }
            kill(getpid(), SIGKILL)
        }
    }

    @Test func `after a stop in order everything is in the file itself`() async throws {
        let repo = try open()
        for number in 1...10 {
            try await RunStore(repo).create(Self.run())
            try await AuditStore(repo).append([Self.entry(number)])
        }
        // So that a connection that reads is among those that are closed.
        #expect(try await RunStore(repo).runs().count == 10)
        try repo.close()
        unlink(path + "-wal")
        unlink(path + "-shm")
        let verdict = try AuditStore.verify(path: path)
        #expect(verdict.isIntact && verdict.entries == 10)
        let again = try open()
        #expect(again.findings.isEmpty)
        #expect(try await RunStore(again).runs().count == 10)
        try again.close()
    }

    @Test func `after a kill nothing is missing, and nothing is told`() async throws {
        await crash()
        let repo = try open()
        #expect(repo.findings.isEmpty)
        #expect(try await RunStore(repo).runs().count == 10)
        try repo.close()
    }

    @Test func `what was taken away after a kill is told at the start, and stays a gap`()
        async throws
    {
        await crash()
        unlink(path + "-wal")
        let before = try AuditStore.verify(path: path)
        #expect(before.faults.contains { if case .missing = $0 { true } else { false } })
        let repo = try open()
        let findings = repo.findings
        #expect(findings.contains { $0.sentence.contains("agent.db-wal is gone") })
        let lost = try #require(findings.first { $0.isOfAudit })
        #expect(lost.sentence.contains("the last agent stored entries up to 10:"))
        let store = AuditStore(repo)
        #expect(try await store.append([Self.entry(50)])?.head.seq == 11)
        let faults = try await store.verify().faults
        let last = try #require(faults.last)
        guard case .missing(let gap) = last else { throw Unexpected.fault("\(faults)") }
        #expect(gap.upperBound == 10)
        try repo.close()
        // It is told once; verifying goes on finding it.
        let again = try open()
        #expect(again.findings.isEmpty)
        #expect(!(try await AuditStore(again).verify().isIntact))
        try again.close()
    }

    private enum Unexpected: Error { case fault(String) }

    @Test func `zeros in what is new are told, for every place they may have`() async throws {
        await crash()
        let files = ["", "-wal"].map { path + $0 }
        let contents = try files.map { try bytes($0) }
        let copy = try TemporaryDirectory()
        try copy.write(try bytes(path + ".head"), to: "agent.db.head")
        for (file, original) in contents.enumerated() {
            for start in stride(from: 0, to: original.count, by: 4096) {
                var changed = contents
                for index in start..<min(start + 4096, original.count) { changed[file][index] = 0 }
                guard changed[file] != original else { continue }
                try copy.write(changed[0], to: "agent.db")
                try copy.write(changed[1], to: "agent.db-wal")
                unlink(copy.path("agent.db-shm"))
                let verdict = Result { try AuditStore.verify(path: copy.path("agent.db")) }
                if case .success(let verdict) = verdict, verdict.isIntact {
                    #expect(verdict.entries == 10, "zeros from \(start) of file \(file)")
                }
            }
        }
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        let file = Glibc.open(path, O_RDONLY)
        try #require(file >= 0)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 20)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        return Array(bytes.prefix(count))
    }

    @Test func `a log that was written anew while no agent ran is told at the start`() async throws
    {
        let repo = try open()
        try await AuditStore(repo).append((1...10).map(Self.entry))
        try repo.close()
        // Another agent's log of the same length, whole in itself.
        let other = try TemporaryDirectory()
        let forged = try Repo(settings: .init(path: other.path("agent.db")), bus: TelemetryBus())
        try await AuditStore(forged).append((11...20).map(Self.entry))
        try forged.close()
        rename(other.path("agent.db"), path)
        let verdict = try AuditStore.verify(path: path)
        #expect(verdict.faults == [.notAsLeft(seq: 10)])
        let again = try open()
        #expect(again.findings.map(\.isOfAudit) == [true])
        #expect(again.findings.first?.sentence.contains("rewritten while no agent ran") == true)
        try again.close()
    }

    @Test func `what stands in the line's place by mistake is no reason to fail`() async throws {
        for line in [
            "", "x", "open", "open 9223372036854775807:\(String(repeating: "a", count: 64))",
        ] {
            try directory.write(line, to: "agent.db.head")
            let repo = try open()
            try await AuditStore(repo).append([Self.entry(1)])
            try repo.close()
        }
    }

    @Test func `an end that changes under the agent is told with the next entry`() async throws {
        let repo = try open()
        let store = AuditStore(repo)
        #expect(try await store.append([Self.entry(1), Self.entry(2)])?.alteration == nil)
        let outcome = try await ChildProcess.run(
            "sqlite3",
            [path, "DROP TRIGGER audit_keeps_all; DELETE FROM audit_entries WHERE seq = 2"])
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
        let appended = try await store.append([Self.entry(3)])
        #expect(appended?.alteration?.contains("was left at 2:") == true)
        #expect(appended?.head.seq == 3)
        #expect(try await store.append([Self.entry(4)])?.alteration == nil)
    }

    @Test(arguments: [Int64.max, Int64.max - 1, Int64(1) << 62])
    func `a log whose numbers are used up takes no entry, and no agent starts on it`(
        _ number: Int64
    )
        async throws
    {
        let repo = try open()
        let store = AuditStore(repo)
        try await store.append([Self.entry(1)])
        let script = "UPDATE sqlite_sequence SET seq = \(number) WHERE name = 'audit_entries'"
        _ = try await ChildProcess.run("sqlite3", [path, script])
        await #expect { try await store.append([Self.entry(2)]) } throws: {
            ($0 as? RepoError)?.kind == "audit"
        }
        try repo.close()
        #expect { try open() } throws: {
            ($0 as? RepoError)?.kind == "audit" && "\($0)".contains("\(number)")
        }
    }

    // MARK: Two names

    @Test func `a store with a second name is refused`() throws {
        try open().close()
        link(path, directory.path("other.db"))
        for name in ["agent.db", "other.db"] {
            #expect {
                try Repo(settings: .init(path: directory.path(name)), bus: TelemetryBus())
            } throws: { "\($0)".contains("it has 2 names (hard links)") }
        }
    }

    @Test func `a store that is open has no second agent by whatever name`() throws {
        let repo = try open()
        // The name goes over to another directory, as with a mount of the one file.
        rename(path, directory.path("other.db"))
        #expect {
            try Repo(settings: .init(path: directory.path("other.db")), bus: TelemetryBus())
        } throws: { ($0 as? RepoError)?.kind == "in_use" }
        rename(directory.path("other.db"), path)
        try repo.close()
        try open().close()
    }
}
