import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try quotaBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
