import Glibc
import Repo
import Telemetry
import TestSupport
import Testing

/// What a store does when its process, its disk or its neighbour fails.
struct StoreFaultTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path("agent.db") }

    private static func run() -> Run {
        Run(
            deviceID: "d", protocolName: "local", site: "s", command: ["x"], requestedBy: "t",
            createdAt: 1)
    }

    private static func chunk(_ run: RunID, _ seq: Int64, _ size: Int = 20_000) -> RunChunk {
        RunChunk(
            runID: run, seq: seq, at: 1,
            bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: seq), count: size))
    }

    /// Opens the store at `path` and writes for ever, from several tasks.
    private static func writeForEver(_ path: String) async throws {
        let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
        let store = RunStore(repo)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while true {
                        var run = run()
                        try await store.create(run)
                        for number in 0..<20 {
                            let first = Int64(number * 4)
                            try await store.append((1...4).map { chunk(run.id, first + $0) })
                        }
                        run.status = .ok
                        run.chunks = 80
                        run.finishedAt = 2
                        try await store.save(run)
                        try await store.prune(maxBytes: 8 << 20, step: 16)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a store whose writer is killed is whole, with all that was said to be stored`()
        async throws
    {
        for round in 0..<8 {
            let path = path
            // Long enough to be writing, and each time another moment.
            let delay = UInt32(150_000 + round * 37_313)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, delay = delay as UInt32] in
                let killer = Task.detached {
                    usleep(delay)
                    kill(getpid(), SIGKILL)
                }
                try await Self.writeForEver(path)
                await killer.value
            }
            // A run that was saved as ended has all its chunks, but for those retention began with.
            let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
            let store = RunStore(repo)
            for run in try await store.runs(RunFilter(status: .ok), limit: 3) {
                let chunks = try await store.chunks(of: run.id, maxBytes: .max)
                #expect(chunks.map(\.seq) == (1...80).suffix(chunks.count))
            }
            try await store.closeUnfinished(reason: "agent_restarted", message: "x", at: 3)
            #expect(try await store.counts()[.pending] == nil)
            try repo.close()
            let check = try await ChildProcess.run(
                "sqlite3", ["-readonly", path, "PRAGMA integrity_check; PRAGMA foreign_key_check"])
            #expect(check.output == "ok\n")
        }
    }

    @Test func `where no room is left writes fail, reads go on, and later writes work`()
        async throws
    {
        let path = path
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let repo = try Repo(settings: .init(path: path), bus: TelemetryBus())
            let store = RunStore(repo)
            let run = Self.run()
            try await store.create(run)
            try await store.append([Self.chunk(run.id, 1)])

            var limit = rlimit()
            getrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            var small = limit
            small.rlim_cur = 4 << 20
            setrlimit(__rlimit_resource_t(1), &small)
            var failed: RepoError?
            for seq in 2...400 where failed == nil {
                do throws(RepoError) {
                    try await store.append([Self.chunk(run.id, Int64(seq))])
                } catch { failed = error }
            }
            #expect(failed?.kind == "full")
            let stored = try await store.chunks(of: run.id, maxBytes: .max)
            #expect(stored.count > 10)
            #expect(stored.map(\.seq) == (1...Int64(stored.count)).map(\.self))

            setrlimit(__rlimit_resource_t(1), &limit)
            try await store.append([Self.chunk(run.id, 1000)])
            #expect(try await store.chunks(of: run.id, maxBytes: .max).count == stored.count + 1)
            try repo.close()
        }
    }

    @Test func `a neighbour that holds the store makes writes fail as busy, and no read`()
        async throws
    {
        var settings = Repo.Settings(path: path)
        settings.busyTimeout = .milliseconds(20)
        let repo = try Repo(settings: settings, bus: TelemetryBus())
        let store = RunStore(repo)
        let neighbour = try ChildProcess(
            "sqlite3", [path],
            input: Array(
                "BEGIN IMMEDIATE;\n.print locked\n.shell exec tail -f --pid=$PPID /dev/null\n".utf8)
        )
        _ = try await neighbour.waitForLine(containing: "locked", in: .output)
        await #expect { try await store.create(Self.run()) } throws: {
            ($0 as? RepoError)?.kind == "busy"
        }
        #expect(try await store.runs() == [])
        await #expect { try await repo.question() } throws: {
            ($0 as? RepoError)?.kind == "busy"
        }
        neighbour.signal(SIGKILL)
        try await neighbour.wait()
        try await waitUntil {
            do {
                try await store.create(Self.run())
                return true
            } catch { return false }
        }
        try await repo.question()
    }
}
