public import CAgentPlugin
import PluginKit

/// The automation platform's runs: how many, how long, how large, how they ended.
struct RunnerPlugin: MetricPlugin {
    static let info = PluginInfo(
        id: "agent.runner", name: "Runner", version: "1.0.0", vendor: "agent",
        summary: "Counts and times the runs of an automation platform."
    )
    static let metricPrefix = "runner"

    static let metrics: [MetricDefinition] = [
        .counter("runs_created_total", "Runs created.", from: ".run.created", labels: bySite),
        .counter("starts_total", "Runs started.", from: ".runner.start", labels: bySite),
        .counter("stops_total", "Runs ended.", from: ".runner.stop", labels: bySite + ["status"]),
        .counter("errors_total", "Runs failed.", from: ".runner.error", labels: bySite + ["kind"]),
        .upDownCounter(
            "active_runs", "Runs that have started and not ended.",
            from: ".runner.start", .event(".runner.stop", factor: -1),
            .event(".runner.error", factor: -1), labels: bySite),
        .distribution(
            "run_duration_seconds", "Time from a run's start to its end.", of: "duration",
            in: "duration",
            from: ".runner.stop", .event(".runner.error", constants: ["status": "error"]),
            unit: "seconds", labels: bySite + ["status"], buckets: durations),
        .summary(
            "run_duration_quantiles_seconds", "Time from a run's start to its end.", of: "duration",
            in: "duration", from: ".runner.stop", unit: "seconds", labels: ["protocol"]),
        .distribution(
            "queue_time_seconds", "Time a run waited before it started.", of: "queue_time",
            in: "duration", from: ".runner.start", unit: "seconds", labels: bySite,
            buckets: waits),
        .distribution(
            "run_bytes", "Output of a whole run.", of: "bytes", from: ".runner.stop", unit: "bytes",
            labels: bySite, buckets: sizes),
        .lastValue(
            "last_run_bytes", "Output of the newest run that ended.", of: "bytes",
            from: ".runner.stop", unit: "bytes", labels: bySite),
        .counter("chunks_total", "Pieces of output received.", from: ".run.chunk", labels: bySite),
        .sum(
            "chunk_bytes_total", "Output received.", of: "bytes", from: ".run.chunk", unit: "bytes",
            labels: bySite),
        .counter(
            "device_runs_total", "Runs created for a device.", from: ".run.created",
            labels: ["device_id", "site"]
        ).limited(to: 1_000),
    ]

    private static let bySite: [Label] = ["site", "protocol"]

    /// From a command that answers at once to a firmware upgrade.
    private static let durations = [
        0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600,
    ]
    private static let waits = [
        0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300,
    ]
    /// 256 bytes to 64 MiB, each four times the one before.
    private static let sizes: [Double] = [
        256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    ]
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b1, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<RunnerPlugin>.enter(host, plugin, error)
}
