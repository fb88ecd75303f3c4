import Benchmark
import BenchmarkSupport
import CYardstick
import Telemetry

/// Whole scrapes through the Prometheus plugin: snapshot, render, hand over. Yardstick: as many lines of a copied
/// text and a number each.
func renderBenchmarks() throws {
    for (name, lines, samples) in [
        ("1 k", 1000, 50), ("10 k", 10_000, 50), ("100 k", 100_000, 20), ("1 M", 1_000_000, 5),
    ] {
        register("scrape - \(name) lines", lines, samples: samples, encoding: "")
    }
    register("scrape - 100 k lines, gzip", 100_000, samples: 10, encoding: "gzip")
    register(
        "scrape - 100 k lines, OpenMetrics", 100_000, samples: 10, encoding: "", openMetrics: true)
}

private let time = BenchmarkMetric.custom("CPU time per scrape (us)")
private let floor = BenchmarkMetric.custom("yardstick per scrape (us)")
private let ratio = BenchmarkMetric.custom("yardstick = 100", useScalingFactor: false)
private let extra = BenchmarkMetric.custom("extra private memory (KB)", useScalingFactor: false)
private let size = BenchmarkMetric.custom("bytes handed over", useScalingFactor: false)

private func register(
    _ name: String, _ lines: Int, samples: Int, encoding: String, openMetrics: Bool = false
) {
    nonisolated(unsafe) var server: ScrapeServer?
    let configuration = Benchmark.Configuration(
        metrics: [time, floor, ratio, extra, size], warmupIterations: 1,
        maxDuration: .seconds(20), maxIterations: samples)
    Benchmark(name, configuration: configuration) { benchmark in
        guard let server else { return }
        let start = ProcessorTime.now
        let scrape = server.scrape(encoding: encoding, openMetrics: openMetrics)
        let own = Int(ProcessorTime.now - start)
        let floorStart = ProcessorTime.now
        server.writeYardstick(lines)
        let other = Int(ProcessorTime.now - floorStart)
        benchmark.measurement(time, own / 1000)
        benchmark.measurement(floor, other / 1000)
        benchmark.measurement(ratio, own * 100 / max(1, other))
        let watched = server.scrape(
            encoding: encoding, openMetrics: openMetrics, watchesMemory: true)
        benchmark.measurement(extra, watched.extraMemory / 1024)
        benchmark.measurement(size, scrape.bytes)
    } setup: {
        server = try await ScrapeServer(lines: lines)
    } teardown: {
        await server?.stop()
        server = nil
    }
}
