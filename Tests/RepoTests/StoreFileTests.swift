import Foundation
import Glibc
import Repo
import Telemetry
import TestSupport
import Testing

/// What may stand where the store is to be, and what becomes of it.
struct StoreFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    @discardableResult
    private func open(_ path: String? = nil) throws(RepoError) -> Repo {
        try Repo(settings: .init(path: path ?? self.path), bus: TelemetryBus())
    }

    private func sqlite(_ path: String, _ script: String) async throws {
        let outcome = try await ChildProcess.run("sqlite3", ["-bail", path, script])
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    /// Checks that opening fails with a sentence that holds `text`, and changes nothing.
    private func expectRefusal(saying text: String, kind: String) throws {
        let before = try bytes(path)
        let modeBefore = mode(path)
        let error = try #require(throws: RepoError.self) { try open() }
        #expect(error.kind == kind)
        #expect(error.description.contains(text))
        #expect(error.description.contains(path))
        #expect(!error.description.contains("\n"))
        #expect(try bytes(path) == before)
        #expect(mode(path) == modeBefore)
        #expect(access(path + "-wal", F_OK) != 0)
        #expect(access(path + "-shm", F_OK) != 0)
    }

    @Test func `the store and its directory are made for their owner only`() async throws {
        let deep = directory.path("a/b/agent.db")
        let repo = try open(deep)
        try await RunStore(repo).saveDevices([], at: 1)
        for file in ["", "-wal", "-shm", ".lock"] { #expect(mode(deep + file) == 0o600) }
        for directory in ["a", "a/b"] { #expect(mode(self.directory.path(directory)) == 0o700) }
        try repo.close()
    }

    @Test func `a directory that is there keeps its rights`() throws {
        chmod(directory.path, 0o755)
        try open().close()
        #expect(mode(directory.path) == 0o755)
    }

    @Test func `a closed store is let go of at once, whatever children still hold of it`() async {
        let path = path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let settings = Repo.Settings(path: path)
            let repo = try Repo(settings: settings, bus: TelemetryBus())
            let child = try ForkedChild()
            let refused = #expect(throws: RepoError.self) {
                try Repo(settings: settings, bus: TelemetryBus())
            }
            #expect(refused?.kind == "in_use")
            try repo.close()
            try Repo(settings: settings, bus: TelemetryBus()).close()
            withExtendedLifetime(child) {}
        }
    }

    @Test func `a store that others could read is closed to them`() async throws {
        try open().close()
        chmod(path, 0o644)
        try open().close()
        #expect(mode(path) == 0o600)
    }

    @Test(arguments: [
        "hello, I am a letter\n", "\0", String(repeating: "\0", count: 8192), "SQLite format 3\0",
    ])
    func `what is no database is left as it is`(_ contents: String) throws {
        try directory.write(contents, to: "agent.db")
        try expectRefusal(saying: "is not an SQLite database", kind: "corrupt")
    }

    @Test func `an empty file becomes a store`() throws {
        try directory.write("", to: "agent.db")
        try open().close()
        try open().close()
    }

    @Test(arguments: ["true", "cp made.db other.db"])
    func `a store whose making was cut off is made anew`(_ before: String) async throws {
        // What lies on the disk when a transaction was killed that wrote the first page, or changed it.
        let outcome = try await ChildProcess.run(
            "sqlite3", ["-bail", "other.db"], directory: directory.path,
            input: Array(
                """
                .shell sqlite3 made.db 'CREATE TABLE t (x); DROP TABLE t; VACUUM'; \(before)
                PRAGMA cache_size = 1; BEGIN; CREATE TABLE t (x);
                WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 200)
                INSERT INTO t SELECT zeroblob(4000) FROM n;
                .shell head -c 4096 made.db > agent.db; cp other.db-journal agent.db-journal

                """.utf8))
        try #require(outcome.exit == .code(0), "\(outcome.errors)")
        #expect(try bytes(path).count == 4096 && bytes(path + "-journal").first == 0xd9)
        let repo = try open()
        #expect(try await RunStore(repo).runs() == [])
        try repo.close()
        #expect(access(path + "-journal", F_OK) != 0)
        try open().close()
    }

    @Test(arguments: [
        "CREATE TABLE letters (text)", "PRAGMA user_version = 3; CREATE TABLE letters (text)",
        "PRAGMA application_id = 7; CREATE TABLE letters (text)",
        "PRAGMA journal_mode = WAL; CREATE TABLE letters (text)",
    ])
    func `another program's database is left as it is`(_ script: String) async throws {
        try await sqlite(path, script)
        try expectRefusal(saying: "database of another program", kind: "corrupt")
    }

    @Test func `a store of a later agent is left as it is`() async throws {
        try open().close()
        try await sqlite(path, "PRAGMA user_version = 4711")
        try expectRefusal(saying: "its schema is 4711", kind: "newer_schema")
    }

    @Test func `a new store has large pages`() async throws {
        try open().close()
        let pages = try await ChildProcess.run("sqlite3", [path, "PRAGMA page_size"])
        #expect(pages.output == "16384\n")
    }

    /// As stores were made before their pages were larger.
    @Test func `a store with pages of another size goes on as it is`() async throws {
        try open().close()
        let old = directory.path("old.db")
        try await sqlite(path, "PRAGMA page_size = 4096; VACUUM INTO '\(old)'")
        let repo = try open(old)
        let store = RunStore(repo)
        for end in 1...4 as ClosedRange<Int64> {
            var run = Run(
                deviceID: "d", protocolName: "local", site: "s", command: ["x"],
                requestedBy: "t", createdAt: 1)
            run.finishedAt = end
            try await store.create(run)
            try await store.append(
                (1...100).map {
                    RunChunk(
                        runID: run.id, seq: $0, at: 1, bytes: [UInt8](repeating: 7, count: 65_536))
                })
        }
        let before = try await repo.figures()
        #expect(before.fileBytes + before.logBytes > 24_000_000)
        #expect(try await store.prune(before: 4).chunks == 300)
        let after = try await repo.figures()
        #expect(after.fileBytes < before.fileBytes / 2)
        #expect(after.rows == ["devices": 0, "runs": 1, "run_chunks": 100])
        try repo.close()
        let check = try await ChildProcess.run(
            "sqlite3", ["-readonly", old, "PRAGMA page_size; PRAGMA integrity_check"])
        #expect(check.output == "4096\nok\n")
    }

    @Test func `a damaged store is left as it is`() async throws {
        let repo = try open()
        let store = RunStore(repo)
        let run = Run(
            deviceID: "d", protocolName: "local", site: "s", command: ["x"], requestedBy: "t",
            createdAt: 1)
        try await store.create(run)
        try await store.append(
            (1...200).map {
                RunChunk(runID: run.id, seq: $0, at: 1, bytes: [UInt8](repeating: 7, count: 3000))
            })
        try repo.close()
        var contents = try bytes(path)
        for position in stride(from: 4096 * 3, to: contents.count, by: 997) {
            contents[position] ^= 0xff
        }
        try directory.write(contents, to: "agent.db")
        try expectRefusal(saying: "damaged", kind: "corrupt")

        contents.removeLast(contents.count / 2)
        try directory.write(contents, to: "agent.db")
        try expectRefusal(saying: "damaged", kind: "corrupt")
    }

    @Test func `a link, a directory and a file of another user are refused`() throws {
        try directory.write("x", to: "elsewhere")
        symlink(directory.path("elsewhere"), path)
        try expectRefusal(saying: "no plain file", kind: "place")
        unlink(path)
        mkdir(path, 0o700)
        #expect(throws: RepoError.place(path: path, reason: "it is no plain file")) { try open() }
        rmdir(path)
        if geteuid() == 0 {
            try directory.write("x", to: "agent.db")
            chown(path, 4711, 4711)
            try expectRefusal(saying: "belongs to user 4711", kind: "place")
        } else {
            #expect { try open("/etc/passwd") } throws: { "\($0)".contains("belongs to user 0") }
        }
    }

    @Test func `a place where nothing can be made is refused`() throws {
        try directory.write("x", to: "file")
        #expect { try open(directory.path("file/agent.db")) } throws: {
            "\($0)".contains("is no directory") || "\($0)".contains("Not a directory")
        }
        // Where even root makes nothing.
        #expect { try open("/proc/1/agent.db") } throws: { ($0 as? RepoError)?.kind == "place" }
        #expect { try open("/proc/store/agent.db") } throws: {
            ($0 as? RepoError)?.kind == "place"
        }
        #expect { try open("") } throws: { ($0 as? RepoError)?.kind == "settings" }
    }

    @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
    func `a directory that may not be written is refused`() throws {
        try open().close()
        chmod(directory.path, 0o500)
        defer { chmod(directory.path, 0o700) }
        try expectRefusal(saying: "cannot", kind: "place")
    }

    @Test func `settings that make no sense are refused`() {
        for settings in [
            Repo.Settings(path: path, readers: 0), Repo.Settings(path: path, readers: 65),
            Repo.Settings(path: path, busyTimeout: .seconds(-1)),
            Repo.Settings(path: path, eventPrefix: "a..b"), Repo.Settings(path: "a\0b"),
        ] {
            #expect { try Repo(settings: settings, bus: TelemetryBus()) } throws: {
                ($0 as? RepoError)?.kind == "settings"
            }
        }
    }
}
