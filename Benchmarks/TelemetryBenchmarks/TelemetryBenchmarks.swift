import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        dispatchBenchmarks()
        try workloadBenchmarks()
        try threadBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
