import Benchmark
import BenchmarkSupport
import CYardstick
import Telemetry

/// W1 on two threads: how many times the throughput of one.
///
/// By processor time: 200 means that a second thread costs the first one nothing. Each thread meets the label sets in
/// an order of its own: in the same order they fall into step and fight for one line after the other.
func threadBenchmarks() throws {
    let (bus, _) = try Workload.countingBus()
    let prepared = Workload.prepared(bus)
    let labels = FixedList(Workload.labels)
    let bound = FixedList(
        Workload.labels.map { prepared.bind(["run-1234", $0.site, $0.protocol, $0.status]) })
    let yardstick = SharedWorkload()

    compare("W1 on 2 threads - series resolved beforehand", 4_000_000) {
        emit(bound, $0, step: steps[$1])
    }
    compare("W1 on 2 threads - string tags looked up", 1_000_000) {
        emit(prepared, labels, $0, step: steps[$1])
    }
    compare("W1 on 2 threads - yardstick, shared atomics", 4_000_000) { count, _ in
        yardstick_atomic(yardstick.workload, count)
    }
}

/// `@unchecked Sendable`: what threads share of it they add to atomically.
private struct SharedWorkload: @unchecked Sendable {
    let workload = Workload.yardstick()
}

/// Coprime to the number of label sets.
private let steps = [7, 11]

private let throughput = BenchmarkMetric.custom(
    "throughput by CPU time, one thread = 100", polarity: .prefersLarger, useScalingFactor: false)
private let wallThroughput = BenchmarkMetric.custom(
    "throughput by wall clock, one thread = 100", polarity: .prefersLarger, useScalingFactor: false)

private func compare(_ name: String, _ items: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
    let configuration = Benchmark.Configuration(
        metrics: [throughput, wallThroughput], warmupIterations: 1, maxDuration: .seconds(20),
        maxIterations: 20)
    Benchmark(name, configuration: configuration) { benchmark in
        let one = TwoClocks { Threads.run(1) { body(items, $0) } }
        let two = TwoClocks { Threads.run(2) { body(items, $0) } }
        benchmark.measurement(throughput, Int(400 * one.processor / two.processor))
        benchmark.measurement(wallThroughput, Int(200 * one.wall / two.wall))
    }
}

private struct TwoClocks {
    let processor: Int64
    let wall: Int64

    init(_ body: () -> Void) {
        let start = (ProcessorTime.now, TelemetryClock.machine.monotonic())
        body()
        processor = ProcessorTime.now - start.0
        wall = TelemetryClock.machine.monotonic() - start.1
    }
}
