import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try processBenchmarks()
        try runBenchmarks()
        try quotaBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
