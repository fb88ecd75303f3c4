import Benchmark

let benchmarks: @Sendable () -> Void = {
    do {
        try decodingBenchmarks()
        try streamBenchmarks()
        try datagramBenchmarks()
    } catch {
        fatalError("\(error)")
    }
}
