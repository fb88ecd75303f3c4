package import Benchmark
import CYardstick

/// Registers benchmarks whose every sample times the same work twice, once by us and once by a yardstick.
///
/// Both are timed in turns within one process, by the time they spend on a processor: that, and the ratio of the two,
/// stays comparable on a machine that does other work as well.
package enum Comparison {
    /// Time per item in picoseconds, the yardstick's, the ratio in percent, allocations per 1000 items.
    package static let cost = BenchmarkMetric.custom("CPU time per item (ps)")
    package static let yardstick = BenchmarkMetric.custom("yardstick per item (ps)")
    package static let ratio = BenchmarkMetric.custom("yardstick = 100", useScalingFactor: false)
    package static let allocations = BenchmarkMetric.custom("allocations per 1000 items")

    /// `body` and `yardstick` do `items` items; both run once before anything is measured.
    package static func register(
        _ name: String, items: Int, samples: Int = 50, _ body: @escaping (Int) -> Void,
        yardstick other: @escaping (Int) -> Void
    ) {
        let configuration = Benchmark.Configuration(
            metrics: [cost, yardstick, ratio, allocations], warmupIterations: 2,
            maxDuration: .seconds(20), maxIterations: samples)
        Benchmark(name, configuration: configuration) { benchmark in
            let own = Sample(items, body)
            let floor = Sample(items, other)
            benchmark.measurement(cost, own.picoseconds)
            benchmark.measurement(yardstick, floor.picoseconds)
            benchmark.measurement(ratio, own.picoseconds * 100 / max(1, floor.picoseconds))
            benchmark.measurement(allocations, own.allocationsPerThousand)
        }
    }
}

/// What some work cost the process.
package struct Sample {
    package let picoseconds: Int
    package let allocationsPerThousand: Int

    package init(_ items: Int, _ body: (Int) -> Void) {
        let allocated = yardstick_allocations()
        let start = ProcessorTime.now
        body(items)
        let spent = ProcessorTime.now - start
        picoseconds = Int(spent) * 1000 / items
        allocationsPerThousand = Int(yardstick_allocations() - allocated) * 1000 / items
    }
}
