import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try selectBenchmarks()
        try chunkBenchmarks()
        try runBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
