import CAgentPlugin
import MetricRegistry
import Telemetry

@testable import PluginHost

/// A host as a plugin's instance sees it: services are asked for by id and called through their tables.
final class ProbeHost {
    let bus = TelemetryBus()
    let registry: MetricRegistry
    let services: InstanceServices
    let context: HostContext
    let messages = Messages()

    init(
        secrets: [String: [UInt8]] = [:], filter: SnapshotFilter = SnapshotFilter(),
        libraries: [PluginLibrary] = []
    ) throws {
        registry = try MetricRegistry(bus: bus)
        services = InstanceServices(
            name: "probe", eventPrefix: "app", bus: bus, secrets: secrets,
            snapshots: SnapshotSource(registry: registry, views: FamilyViews(), filter: filter),
            selfMetrics: SelfMetrics(registry: registry), runningLibraries: { libraries })
        let messages = messages
        context = HostContext(
            name: "probe", log: PluginLog(write: { messages.add($0) }), clock: bus.clock,
            services: services)
    }

    var pointer: UnsafePointer<agent_host> { UnsafePointer(context.table) }

    /// The host's table of an interface.
    func interface<Table>(_ id: String, as type: Table.Type) -> Table? {
        withText(id) { id in
            pointer.pointee.get_interface?(pointer, id)?.assumingMemoryBound(to: type).pointee
        }
    }
}

/// A text as the ABI has it, valid during `body`.
func withText<Result>(_ text: String, _ body: (agent_str) -> Result) -> Result {
    var text = text
    return text.withUTF8 { body(agent_str(UnsafeRawBufferPointer($0))) }
}

/// Several at once.
func withTexts<Result>(_ texts: [String], _ body: ([agent_str]) -> Result) -> Result {
    func next(_ index: Int, _ views: [agent_str]) -> Result {
        guard index < texts.count else { return body(views) }
        return withText(texts[index]) { next(index + 1, views + [$0]) }
    }
    return next(0, [])
}
