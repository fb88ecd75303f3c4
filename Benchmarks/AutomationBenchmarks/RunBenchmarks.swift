import Automation
import Benchmark
import BenchmarkSupport
import CYardstick
import Glibc
import PubSub
import Repo
import Telemetry

/// Whole runs, from being asked for to being stored with their output, 50 at a time; by the wall clock, because other
/// processes do most of the work. Yardstick: fork, exec, a pipe and waitpid in C.
func runBenchmarks() throws {
    var template = Array("/tmp/agent-benchmark-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no directory for the store") }
    let directory = String(
        decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let bus = TelemetryBus()
    let repo = try Repo(settings: Repo.Settings(path: "\(directory)/agent.db"), bus: bus)
    let quota = QuotaServer(limits: try QuotaLimits(global: 60, otherSites: 60), bus: bus)
    let device = Device(id: "here", site: "local", endpoint: .local(LocalEndpoint()))
    let runtime = AutomationRuntime(
        settings: AutomationSettings(devices: [device]), store: RunStore(repo), quota: quota,
        hub: PubSub(), adapters: [LocalAdapter(try ProcessRunner())], bus: bus)
    shortRuns(runtime)
}

private func shortRuns(_ runtime: AutomationRuntime) {
    let rate = BenchmarkMetric.custom("runs per second", polarity: .prefersLarger)
    let floor = BenchmarkMetric.custom("yardstick's", polarity: .prefersLarger)
    let configuration = Benchmark.Configuration(
        metrics: [rate, floor], warmupIterations: 1, maxDuration: .seconds(60), maxIterations: 10)
    Benchmark("runs - start to stored, 50 at a time", configuration: configuration) { benchmark in
        let clock = ContinuousClock()
        let begin = clock.now
        let failures = await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    var failures = 0
                    for _ in 0..<20 where await !finish(runtime) { failures += 1 }
                    return failures
                }
            }
            return await group.reduce(0, +)
        }
        let own = clock.now - begin
        let other = ContinuousClock().measure { _ = yardstick_processes("/bin/true", 1000, 50) }
        precondition(failures == 0, "\(failures) runs did not end well")
        benchmark.measurement(rate, 1_000_000_000_000 / max(1, Int(own.nanoseconds)))
        benchmark.measurement(floor, 1_000_000_000_000 / max(1, Int(other.nanoseconds)))
    }
}

/// One run, followed to the end that is stored.
private func finish(_ runtime: AutomationRuntime) async -> Bool {
    let request = RunRequest(
        deviceID: "here", command: .words(["/bin/echo", "done"]), requestedBy: "benchmark")
    guard let run = try? await runtime.executeRun(request) else { return false }
    do {
        for try await item in runtime.follow(run.id) {
            if case .status(let run) = item, run.status.isFinal { return run.status == .ok }
        }
    } catch {}
    return false
}
