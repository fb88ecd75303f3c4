import CAgentPlugin

/// The plugin of this library: its descriptor and the tables of what it conforms to.
///
/// The interface's functions without an instance carry no context, so the library has one plugin and this is
/// where they find it.
final class PluginImage {
    /// Written by the entry, before any other call into the library; read-only from then on.
    private(set) nonisolated(unsafe) static var loaded: PluginImage?

    /// Makes the image of `type`, which lives for ever.
    static func load<Type: Plugin>(_ type: Type.Type) -> PluginImage {
        let image = PluginImage(type)
        loaded = Unmanaged.passRetained(image).takeUnretainedValue()
        return image
    }

    let memory = StaticMemory()
    let metrics: [agent_metric_def]
    let events: [agent_event_def]
    let dashboards: [agent_dashboard_def]
    private(set) var descriptor: UnsafePointer<agent_plugin>
    private let tables: [(id: String, table: UnsafeRawPointer)]
    private let make: (Host, JSON) throws -> any Plugin

    init<Type: Plugin>(_ type: Type.Type) {
        let memory = self.memory
        let described = type as? any MetricDescribing.Type
        metrics = described?.metrics.map { $0.inMemory(memory) } ?? []
        events = described?.events.map { $0.inMemory(memory) } ?? []
        dashboards =
            (type as? any DashboardPlugin.Type)?.dashboards.map { $0.inMemory(memory) } ?? []
        tables = [
            described.map { (AGENT_METRICS_V1, $0.table(in: memory)) },
            (type as? any PollPlugin.Type).map { (AGENT_POLL_V1, $0.table(in: memory)) },
            (type as? any HandlerPlugin.Type).map { (AGENT_HANDLER_V1, $0.table(in: memory)) },
            (type as? any ExporterPlugin.Type).map { (AGENT_EXPORTER_V1, $0.table(in: memory)) },
            (type as? any StreamPlugin.Type).map { (AGENT_STREAM_V1, $0.table(in: memory)) },
            (type as? any RoutePlugin.Type).map { (AGENT_ROUTE_V1, $0.table(in: memory)) },
            (type as? any ServicePlugin.Type).map { (AGENT_SERVICE_V1, $0.table(in: memory)) },
            (type as? any DashboardPlugin.Type).map { (AGENT_DASHBOARDS_V1, $0.table(in: memory)) },
        ].compactMap { $0 }
        make = { try Type(host: $0, settings: Type.Settings.decoded(from: $1, host: $0)) }
        descriptor = memory.value(
            agent_plugin(
                size: UInt32(MemoryLayout<agent_plugin>.size),
                abi_major: UInt32(AGENT_ABI_MAJOR), abi_minor: UInt32(AGENT_ABI_MINOR), reserved: 0,
                id: memory.text(type.info.id),
                name: memory.text(type.info.name),
                version: memory.text(type.info.version),
                vendor: memory.text(type.info.vendor),
                summary: memory.text(type.info.summary),
                settings_schema: memory.text(Type.Settings.schema?.description ?? ""),
                create: { host, config, instance, error in
                    answering(error) {
                        guard let image = PluginImage.loaded, let host, let config, let instance
                        else {
                            throw PluginError(
                                "no plugin, host or configuration", status: AGENT_INVALID)
                        }
                        instance.pointee = try image.create(
                            Host(
                                host,
                                isReplacement: config.pointee.flags & AGENT_INSTANCE_REPLACES != 0),
                            config.pointee)
                        return AGENT_OK
                    }
                },
                destroy: { instance in
                    guard let instance else { return }
                    Unmanaged<Instance>.fromOpaque(instance).release()
                },
                get_interface: { PluginImage.loaded?.table(TextView($0).description) }))
    }

    private func create(_ host: Host, _ config: agent_instance_config) throws
        -> UnsafeMutableRawPointer
    {
        let settings = try JSON(parsing: TextView(config.settings).bytes)
        let instance = Instance(try make(host, settings), host)
        return Unmanaged.passRetained(instance).toOpaque()
    }

    private func table(_ id: String) -> UnsafeRawPointer? {
        tables.first { $0.id == id }?.table
    }
}

/// Answers element `index` of what is described, or AGENT_END past the last.
///
/// Both begin with their `size`: a host that was built before the struct grew gets what it has room for.
func describe<Element>(
    _ elements: [Element], _ index: UInt32, _ out: UnsafeMutablePointer<Element>?
) -> agent_status {
    guard let out else { return AGENT_INVALID }
    guard index < elements.count else { return AGENT_END }
    let place = UnsafeMutableRawPointer(out)
    let size = min(Int(place.load(as: UInt32.self)), MemoryLayout<Element>.size)
    guard size >= MemoryLayout<UInt32>.size else { return AGENT_INVALID }
    withUnsafeBytes(of: elements[Int(index)]) {
        UnsafeMutableRawBufferPointer(start: place, count: size).copyBytes(from: $0[..<size])
    }
    place.storeBytes(of: UInt32(size), as: UInt32.self)
    return AGENT_OK
}
