import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        // First, while no memory of other benchmarks is left to be used again.
        try seriesBenchmarks()
        try renderBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
