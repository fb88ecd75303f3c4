import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try stageBenchmarks()
        redactionBenchmarks()
        pubSubBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
