import Benchmark
import BenchmarkSupport
import GRDB
import Glibc
import Repo

/// Output into the store, in batches, from several runs at once. Yardstick: GRDB inserting the same blobs into one
/// table without an index, 4 MiB to a transaction; and the same bytes in a plain file, flushed to the disk.
func chunkBenchmarks() throws {
    let rate = BenchmarkMetric.custom("MB per second by wall clock", polarity: .prefersLarger)
    let floorRate = BenchmarkMetric.custom("yardstick's MB per second", polarity: .prefersLarger)
    let diskRate = BenchmarkMetric.custom("plain file's MB per second", polarity: .prefersLarger)
    let grown = BenchmarkMetric.custom("private memory grown (KiB)")
    for size in [64 << 10, 4 << 10] {
        let repo = try StoreFixture.watched("chunks-\(size)")
        let bare = try StoreFixture.bare("chunks-bare-\(size)")
        try bare.write {
            try $0.execute(
                sql: "CREATE TABLE chunks (run INTEGER, seq INTEGER, at INTEGER, bytes BLOB)")
        }
        let store = RunStore(repo)
        let configuration = Benchmark.Configuration(
            metrics: [rate, floorRate, diskRate, grown], warmupIterations: 1,
            maxDuration: .seconds(60), maxIterations: 15)
        Benchmark(
            "repo - chunks of \(size >> 10) KiB into the store", configuration: configuration
        ) { benchmark in
            let total = 128 << 20
            let memory = ProcessMemory.privateBytes
            let own = seconds { store.write(total, chunk: size) }
            let after = ProcessMemory.privateBytes
            let other = seconds { bare.write(total, chunk: size) }
            let plain = seconds { PlainFile.write(total, StoreFixture.path("plain")) }
            benchmark.measurement(rate, Int(Double(total) / 1e6 / own))
            benchmark.measurement(floorRate, Int(Double(total) / 1e6 / other))
            benchmark.measurement(diskRate, Int(Double(total) / 1e6 / plain))
            benchmark.measurement(grown, max(0, after - memory) >> 10)
            StoreFixture.wait { try await store.prune(before: .max) }
            try? bare.write { try $0.execute(sql: "DELETE FROM chunks") }
        }
    }
}

private func seconds(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    body()
    return (ContinuousClock.now - start) / .seconds(1)
}

extension RunStore {
    /// Four runs at once, each appending batches of 512 KiB.
    fileprivate func write(_ total: Int, chunk size: Int) {
        let store = self
        StoreFixture.wait {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await store.writeOne(total / 4, chunk: size) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func writeOne(_ total: Int, chunk size: Int) async throws {
        var run = Run(
            deviceID: "d", protocolName: "local", site: "s", command: ["x"], requestedBy: "b",
            createdAt: 1)
        try await create(run)
        let bytes = [UInt8](repeating: 7, count: size)
        var seq: Int64 = 0
        let batch = (512 << 10) / size
        for _ in 0..<(total / size / batch) {
            var chunks: [RunChunk] = []
            for _ in 0..<batch {
                seq += 1
                chunks.append(RunChunk(runID: run.id, seq: seq, at: 1, bytes: bytes))
            }
            try await append(chunks)
        }
        run.status = .ok
        run.finishedAt = 1
        try await save(run)
    }
}

extension DatabasePool {
    fileprivate func write(_ total: Int, chunk size: Int) {
        let bytes = Blob(size: size).value
        let batch = (4 << 20) / size
        for first in stride(from: 0, to: total / size, by: batch) {
            try? write { database in
                let statement = try database.cachedStatement(
                    sql: "INSERT INTO chunks VALUES (?, ?, ?, ?)")
                for seq in first..<(first + batch) {
                    try statement.execute(arguments: [1, seq, 1, bytes])
                }
            }
        }
    }
}

private enum PlainFile {
    /// What `dd conv=fsync` does.
    static func write(_ total: Int, _ path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer {
            close(file)
            unlink(path)
        }
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        for _ in 0..<(total / bytes.count) { _ = Glibc.write(file, bytes, bytes.count) }
        fsync(file)
    }
}

/// Bytes as GRDB takes them, made by SQLite.
private struct Blob {
    let value: DatabaseValue

    init(size: Int) {
        let queue = try? DatabaseQueue()
        value =
            (try? queue?.read {
                try DatabaseValue.fetchOne($0, sql: "SELECT zeroblob(?)", arguments: [size])
            }) ?? .null
    }
}
