import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try selectBenchmarks()
        try chunkBenchmarks()
        try runBenchmarks()
        try auditBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
