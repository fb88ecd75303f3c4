import Automation
import PubSub
import Repo
import Telemetry
import TestSupport
import Testing

struct RunFollowerTests {
    private func collect(_ follower: RunFollower) async throws -> (
        seqs: [Int64], bytes: Int, end: Run?
    ) {
        var seqs: [Int64] = []
        var bytes = 0
        var end: Run?
        for try await item in follower {
            switch item {
            case .chunks(let chunks):
                seqs += chunks.map(\.seq)
                bytes += chunks.reduce(0) { $0 + $1.bytes.count }
            case .status(let run): end = run
            }
        }
        return (seqs, bytes, end)
    }

    @Test func `a follower gets all output in order, then the end`() async throws {
        let bench = try await Bench()
        let run = try await bench.automation.executeRun(
            bench.request("print", "a", "gate", "flood", "3000000", "exit", "2"))
        let follower = Task { try await collect(bench.automation.follow(run.id)) }
        try await waitUntil { try await bench.store.run(run.id)?.status == .running }
        bench.adapter.open()
        let seen = try await follower.value
        #expect(seen.bytes == 3_000_001)
        #expect(seen.seqs == Array(1...Int64(seen.seqs.count)))
        #expect(seen.end?.status == .error)
        #expect(seen.end?.chunks == Int64(seen.seqs.count))
    }

    @Test func `following what has ended, from a chunk on, gives the rest`() async throws {
        let bench = try await Bench()
        let run = try await bench.finish("flood", "1000000")
        let all = try await collect(bench.automation.follow(run.id))
        let rest = try await collect(bench.automation.follow(run.id, after: 5))
        #expect(rest.seqs == Array(all.seqs.dropFirst(5)))
        #expect(rest.end == all.end)
        let nothing = try await collect(bench.automation.follow(RunID()))
        #expect(nothing.seqs.isEmpty && nothing.end == nil)
    }

    @Test func `many slow followers miss nothing`() async throws {
        let bench = try await Bench()
        let run = try await bench.automation.executeRun(
            bench.request("gate", "flood", "9000000", "exit", "0"))
        let followers = (0..<8).map { _ in
            Task {
                var next: Int64 = 1
                for try await item in bench.automation.follow(run.id) {
                    guard case .chunks(let chunks) = item else { continue }
                    for chunk in chunks {
                        #expect(chunk.seq == next)
                        next += 1
                        await Task.yield()
                    }
                }
                return next - 1
            }
        }
        bench.adapter.open()
        let end = try await bench.end(of: run.id)
        for follower in followers { #expect(try await follower.value == end.chunks) }
    }
}
