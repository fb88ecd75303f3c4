import Repo
import Telemetry
import TestSupport
import Testing

struct RunStoreTests {
    private let directory: TemporaryDirectory
    private let bus = TelemetryBus()
    private let repo: Repo
    private let store: RunStore

    init() throws {
        directory = try TemporaryDirectory()
        repo = try Repo(settings: .init(path: directory.path("agent.db")), bus: bus)
        store = RunStore(repo)
    }

    private func run(_ device: String = "d1", site: String = "chi1", at: Int64 = 1) -> Run {
        Run(
            deviceID: device, protocolName: "local", site: site,
            command: ["/bin/echo", "a \"b\"\\\n\u{1}é", ""], requestedBy: "test", createdAt: at)
    }

    private func chunk(_ run: Run, _ seq: Int64, _ bytes: [UInt8]) -> RunChunk {
        RunChunk(runID: run.id, seq: seq, at: seq * 10, bytes: bytes)
    }

    @Test func `a run is found as it was created and as it was saved`() async throws {
        var run = run()
        try await store.create(run)
        #expect(try await store.run(run.id) == run)
        run.status = .error
        run.reason = "quota_exceeded:site"
        run.message = "no more"
        run.exitCode = -1
        run.startedAt = 5
        run.finishedAt = .max
        run.bytes = 7
        run.chunks = 1
        run.isTruncated = true
        try await store.save(run)
        #expect(try await store.run(run.id) == run)
        #expect(try await store.run(RunID()) == nil)
    }

    @Test func `a run of the same id is refused, and a run that is not there cannot be saved`()
        async throws
    {
        let run = run()
        try await store.create(run)
        await #expect { try await store.create(run) } throws: {
            ($0 as? RepoError)?.kind == "constraint"
        }
        await #expect { try await store.save(self.run()) } throws: {
            ($0 as? RepoError)?.kind == "constraint"
        }
        await #expect { try await store.append([chunk(self.run(), 1, [1])]) } throws: {
            ($0 as? RepoError)?.kind == "constraint"
        }
    }

    @Test func `output comes back in order, as it was, in pieces of the size asked for`()
        async throws
    {
        let run = run()
        try await store.create(run)
        let chunks = [
            chunk(run, 1, [0xff, 0x00]), chunk(run, 2, []), chunk(run, 3, [1, 2, 3]),
        ]
        try await store.append([chunks[0], chunks[1]])
        try await store.append([chunks[2]])
        #expect(try await store.chunks(of: run.id) == chunks)
        #expect(try await store.chunks(of: run.id, after: 1) == Array(chunks[1...]))
        #expect(try await store.chunks(of: run.id, maxBytes: 2) == Array(chunks[...1]))
        #expect(try await store.chunks(of: run.id, after: 2, maxBytes: 1) == [chunks[2]])
        #expect(try await store.chunks(of: RunID()) == [])
    }

    @Test func `runs come newest first, page by page, and by what is asked`() async throws {
        var all: [Run] = []
        for number in 0..<12 {
            var run = run(
                "d\(number % 3)", site: number % 2 == 0 ? "chi1" : "nyc", at: Int64(number))
            if number % 4 == 0 { run.status = .running }
            try await store.create(run)
            all.append(run)
        }
        all.sort { $0.id > $1.id }
        var paged: [Run] = []
        while true {
            let page = try await store.runs(before: paged.last?.id, limit: 5)
            if page.isEmpty { break }
            paged += page
        }
        #expect(paged == all)
        let filters: [(RunFilter, (Run) -> Bool)] = [
            (RunFilter(status: .running), { $0.status == .running }),
            (RunFilter(device: "d1"), { $0.deviceID == "d1" }),
            (RunFilter(site: "nyc"), { $0.site == "nyc" }),
            (RunFilter(since: 7), { $0.createdAt >= 7 }),
            (
                RunFilter(status: .pending, device: "d1", site: "nyc", since: 2),
                {
                    $0.status == .pending && $0.deviceID == "d1" && $0.site == "nyc"
                        && $0.createdAt >= 2
                }
            ),
        ]
        for (filter, matches) in filters {
            #expect(try await store.runs(filter) == all.filter(matches))
            #expect(
                try await store.runs(filter, before: all[4].id)
                    == all[5...].filter(matches))
        }
        #expect(try await store.counts() == [.running: 3, .pending: 9])
    }

    @Test func `runs that a former agent left are closed, and only they`() async throws {
        var ended = run()
        ended.status = .ok
        ended.finishedAt = 2
        var running = run()
        running.status = .running
        for run in [ended, running] { try await store.create(run) }
        let closed = try await store.closeUnfinished(
            reason: "agent_restarted", message: "the agent was restarted", at: 9)
        running.status = .error
        running.reason = "agent_restarted"
        running.message = "the agent was restarted"
        running.finishedAt = 9
        #expect(closed == [running])
        #expect(try await store.run(running.id) == running)
        #expect(try await store.run(ended.id) == ended)
    }

    @Test func `writes that come together are committed together`() async throws {
        let recorder = try EventRecorder(bus, "net_auto.repo.transaction")
        let store = store
        let runs = (0..<200).map { run(at: Int64($0)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for run in runs { group.addTask { try await store.create(run) } }
            try await group.waitForAll()
        }
        #expect(try await store.counts() == [.pending: 200])
        #expect(recorder.events.count < 200)
    }

    @Test func `the fault of one write is not that of those beside it`() async throws {
        let store = store
        let run = run()
        try await store.create(run)
        let failed = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                let write = number % 3 == 0 ? run : self.run()
                group.addTask {
                    do {
                        try await store.create(write)
                        return false
                    } catch { return true }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failed == 20)
        #expect(try await store.counts() == [.pending: 41])
    }
}
