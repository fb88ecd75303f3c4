import Benchmark
import Repo

/// What storing a run costs: created, started, one chunk, ended; 50 at a time, each write durable before the next.
func runBenchmarks() throws {
    let rate = BenchmarkMetric.custom("runs per second by wall clock", polarity: .prefersLarger)
    let store = RunStore(try StoreFixture.watched("runs"))
    let configuration = Benchmark.Configuration(
        metrics: [rate], warmupIterations: 1, maxDuration: .seconds(20), maxIterations: 10)
    Benchmark("repo - runs of four writes, 50 at a time", configuration: configuration) {
        benchmark in
        let start = ContinuousClock.now
        StoreFixture.wait {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask { for _ in 0..<40 { try await store.storeOne() } }
                }
                try await group.waitForAll()
            }
        }
        benchmark.measurement(rate, Int(2000 / ((ContinuousClock.now - start) / .seconds(1))))
    }
}

extension RunStore {
    fileprivate func storeOne() async throws {
        var run = Run(
            deviceID: "d", protocolName: "local", site: "s", command: ["echo", "hello"],
            requestedBy: "benchmark", createdAt: 1)
        try await create(run)
        run.status = .running
        run.startedAt = 2
        try await save(run)
        try await append([RunChunk(runID: run.id, seq: 1, at: 3, bytes: Array("hello\n".utf8))])
        run.status = .ok
        run.exitCode = 0
        run.finishedAt = 4
        try await save(run)
    }
}
