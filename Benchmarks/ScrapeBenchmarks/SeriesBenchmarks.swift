import Benchmark
import BenchmarkSupport
import CYardstick
import Glibc

/// What a series costs to make and to keep.
func seriesBenchmarks() throws {
    memory("series - private memory of a counter with 3 labels", series: 100_000)

    for (name, count) in [("10 k", 10_000), ("100 k", 100_000), ("1 M", 1_000_000)] {
        let devices = FixedList(DeviceSeries.names(count))
        Comparison.register("series - \(name) new counters", items: count, samples: 5) { count in
            let series = DeviceSeries(capacity: count)
            series.emit(devices)
            precondition(series.count == count)
        } yardstick: { count in
            precondition(yardstick_make_series(count) == count)
        }
    }
}

private let bytesPerSeries = BenchmarkMetric.custom("private bytes per series")

/// Private memory before and after making series; the texts they are made from exist before.
private func memory(_ name: String, series count: Int) {
    let configuration = Benchmark.Configuration(
        metrics: [bytesPerSeries], warmupIterations: 0, maxDuration: .seconds(10), maxIterations: 1)
    Benchmark(name, configuration: configuration) { benchmark in
        let devices = FixedList(DeviceSeries.names(count))
        let series = DeviceSeries(capacity: count)
        series.emit(FixedList([devices.elements[0]]))
        let before = ProcessMemory.privateBytes
        series.emit(devices)
        benchmark.measurement(bytesPerSeries, (ProcessMemory.privateBytes - before) / count)
    }
}
