import Benchmark

/// Registers a benchmark of lines sent from one thread of this process to others.
enum TransferReport {
    private static let cost = BenchmarkMetric.custom("receiver's CPU time per line (ps)")
    private static let floor = BenchmarkMetric.custom("yardstick's (ps)")
    private static let ratio = BenchmarkMetric.custom("yardstick = 100", useScalingFactor: false)
    private static let rate = BenchmarkMetric.custom(
        "lines per second by wall clock (thousands)", polarity: .prefersLarger)
    private static let floorRate = BenchmarkMetric.custom(
        "yardstick's (thousands)", polarity: .prefersLarger)
    private static let lost = BenchmarkMetric.custom("lines lost of 1 000 000")
    private static let floorLost = BenchmarkMetric.custom("yardstick's lost of 1 000 000")

    typealias Run = () -> Traffic.Transfer

    static func register(
        _ name: String, lines: Int, _ run: @escaping Run, yardstick: @escaping Run
    ) {
        let configuration = Benchmark.Configuration(
            metrics: [cost, floor, ratio, rate, floorRate, lost, floorLost], warmupIterations: 1,
            maxDuration: .seconds(30), maxIterations: 20)
        Benchmark(name, configuration: configuration) { benchmark in
            let own = run()
            let other = yardstick()
            benchmark.measurement(cost, own.cost)
            benchmark.measurement(floor, other.cost)
            benchmark.measurement(ratio, own.cost * 100 / max(1, other.cost))
            benchmark.measurement(rate, own.rate)
            benchmark.measurement(floorRate, other.rate)
            benchmark.measurement(lost, own.lost(of: lines))
            benchmark.measurement(floorLost, other.lost(of: lines))
        }
    }
}

extension Traffic.Transfer {
    /// Processor time per line in picoseconds.
    fileprivate var cost: Int { Int(processor) * 1000 / max(1, received) }

    /// Thousands of lines per second.
    fileprivate var rate: Int { received * 1_000_000 / Int(wall) }

    /// Of a million.
    fileprivate func lost(of lines: Int) -> Int { (lines - received) * 1_000_000 / lines }
}
