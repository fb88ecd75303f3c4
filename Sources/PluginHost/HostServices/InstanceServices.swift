import MetricRegistry
import Telemetry

/// What one instance may use of the host.
final class InstanceServices: Sendable {
    let emitter: EventEmitter
    let snapshots: SnapshotSource
    let secrets: SecretStore
    let status: StatusCell
    let selfMetrics: InstanceMetrics
    /// The libraries of all instances that run.
    let runningLibraries: @Sendable () -> [PluginLibrary]

    init(
        name: String, eventPrefix: String, bus: TelemetryBus, secrets: [String: [UInt8]],
        snapshots: SnapshotSource, selfMetrics: SelfMetrics,
        runningLibraries: @escaping @Sendable () -> [PluginLibrary] = { [] }
    ) {
        emitter = EventEmitter(bus: bus, eventPrefix: eventPrefix)
        self.snapshots = snapshots
        self.secrets = SecretStore(secrets)
        status = StatusCell(clock: bus.clock)
        self.runningLibraries = runningLibraries
        self.selfMetrics = InstanceMetrics(instance: name, all: selfMetrics)
    }

    /// The instance is gone: gives back what it held.
    func close() {
        secrets.erase()
        snapshots.releaseAll()
    }
}
