import Benchmark
import BenchmarkSupport
import CYardstick

private let seriesCount = 10_000
private let wall = BenchmarkMetric.custom("wall-clock time per export (us)")
private let time = BenchmarkMetric.custom("CPU time per export (us)")
private let extra = BenchmarkMetric.custom("private memory grown (KB)", useScalingFactor: false)

let benchmarks: @Sendable () -> Void = {
    do {
        // First, while no memory of other benchmarks is left to be used again.
        try exportBenchmark("statsd - export of 10 k series over UDP", transport: "udp")
        try lineBenchmark("statsd - lines with 3 labels, plain", dialect: "statsd")
        try lineBenchmark("statsd - lines with 3 tags, DogStatsD", dialect: "dogstatsd-1.0")
    } catch {
        fatalError("\(error)")
    }
}

/// Rendering, packing and handing over, by the exporting thread. Yardstick: as many lines of a copied text and a number
/// each, which go nowhere.
private func lineBenchmark(_ name: String, dialect: String) throws {
    let sink = try Sink("unix_stream")
    let plugin = StatsDPlugin(
        """
        {"transport": "unix_stream", "address": "\(sink.address)", "protocol": "\(dialect)", \
        "packet_bytes": 65507}
        """)
    let snapshot = GrowingSnapshot(count: seriesCount)
    let text = "agent_runs_total.site-7.netconf.device-12345:"
    nonisolated(unsafe) var buffer = [CChar](repeating: 0, count: 64 * 1024)
    Comparison.register(name, items: seriesCount, samples: 200) { _ in
        plugin.export(snapshot)
    } yardstick: { count in
        _ = yardstick_write_lines(text, text.utf8.count, count, &buffer, buffer.count)
    }
}

/// A whole export of an instance that has made none before, and the ones after it.
private func exportBenchmark(_ name: String, transport: String) throws {
    let sink = try Sink(transport)
    let settings = #"{"transport": "\#(transport)", "address": "\#(sink.address)"}"#
    let configuration = Benchmark.Configuration(
        metrics: [wall, time, extra], warmupIterations: 0, maxDuration: .seconds(20),
        maxIterations: 50)
    Benchmark(name, configuration: configuration) { benchmark in
        let snapshot = GrowingSnapshot(count: seriesCount)
        let before = ProcessMemory.privateBytes
        let plugin = StatsDPlugin(settings)
        plugin.export(snapshot)
        benchmark.measurement(extra, (ProcessMemory.privateBytes - before) / 1024)
        let clock = ContinuousClock.now
        let start = ProcessorTime.ofThread
        plugin.export(snapshot)
        benchmark.measurement(time, Int(ProcessorTime.ofThread - start) / 1000)
        let taken = ContinuousClock.now - clock
        benchmark.measurement(wall, Int(taken.components.attoseconds / 1_000_000_000_000))
    }
}
