import Automation
import Benchmark
import CYardstick
import Synchronization
import Telemetry

/// What the local adapter does, by the wall clock: other processes do the work.
func processBenchmarks() throws {
    let processes = try ProcessRunner()
    let adapter = LocalAdapter(processes)
    shortRuns(adapter)
    cancels(adapter)
    outputs(adapter)
}

private let device = Device(id: "here", site: "local", endpoint: .local(LocalEndpoint()))
private let made = Atomic(0)

private func order(_ command: [String]) -> RunOrder {
    let number = made.add(1, ordering: .relaxed).newValue
    return RunOrder(
        runID: "benchmark-\(number)", device: device, command: command, killGrace: .seconds(10))
}

/// 1 000 runs of `/bin/true`, 50 at a time. Yardstick: fork, exec, a pipe and waitpid in C.
private func shortRuns(_ adapter: LocalAdapter) {
    let rate = BenchmarkMetric.custom("runs per second", polarity: .prefersLarger)
    let floor = BenchmarkMetric.custom("yardstick's", polarity: .prefersLarger)
    let configuration = Benchmark.Configuration(
        metrics: [rate, floor], warmupIterations: 1, maxDuration: .seconds(60), maxIterations: 10)
    Benchmark("local adapter - short runs, 50 at a time", configuration: configuration) {
        benchmark in
        let own = await ContinuousClock().measure {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        for _ in 0..<20 {
                            _ = try? await adapter.execute(order(["/bin/true"])) { _ in true }
                        }
                    }
                }
            }
        }
        let other = ContinuousClock().measure { _ = yardstick_processes("/bin/true", 1000, 50) }
        benchmark.measurement(rate, 1_000_000_000_000 / max(1, Int(own.nanoseconds)))
        benchmark.measurement(floor, 1_000_000_000_000 / max(1, Int(other.nanoseconds)))
    }
}

/// From the call to a command that obeys TERM being dead, waited for, and nothing left of its run.
private func cancels(_ adapter: LocalAdapter) {
    let time = BenchmarkMetric.custom("microseconds")
    let configuration = Benchmark.Configuration(
        metrics: [time], warmupIterations: 1, maxDuration: .seconds(60), maxIterations: 50)
    Benchmark("local adapter - cancel to dead process", configuration: configuration) { benchmark in
        let order = order(["sleep", "1000"])
        let run = Task { try await adapter.execute(order) { _ in true } }
        while OrphanSweep.count(runIDs: [order.runID]) == 0 {
            try await Task.sleep(for: .milliseconds(1))
        }
        let start = ContinuousClock.now
        run.cancel()
        _ = try? await run.value
        benchmark.measurement(time, Int(start.duration(to: .now).nanoseconds) / 1000)
    }
}

/// A command that writes as fast as it can, to a sink that takes everything.
private func outputs(_ adapter: LocalAdapter) {
    let rate = BenchmarkMetric.custom("megabytes per second", polarity: .prefersLarger)
    let configuration = Benchmark.Configuration(
        metrics: [rate], warmupIterations: 1, maxDuration: .seconds(60), maxIterations: 10)
    Benchmark("local adapter - output", configuration: configuration) { benchmark in
        let size = 500_000_000
        let own = try await ContinuousClock().measure {
            _ = try await adapter.execute(order(["head", "-c", "\(size)", "/dev/zero"])) { _ in true
            }
        }
        benchmark.measurement(rate, size * 1000 / max(1, Int(own.nanoseconds)))
    }
}
