import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try processBenchmarks()
        try quotaBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
