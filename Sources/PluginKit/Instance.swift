import CAgentPlugin

/// One instance, as the host's opaque pointer stands for it: what it conforms to, looked up once.
final class Instance {
    let host: Host
    let poll: (any PollPlugin)?
    let handler: (any HandlerPlugin)?
    let exporter: (any ExporterPlugin)?
    let stream: (any StreamPlugin)?
    let route: (any RoutePlugin)?
    let service: (any ServicePlugin)?
    let routes: [agent_route_def]
    let subscriptions: [agent_str]
    private let memory = StaticMemory()

    init(_ plugin: any Plugin, _ host: Host) {
        self.host = host
        poll = plugin as? any PollPlugin
        handler = plugin as? any HandlerPlugin
        exporter = plugin as? any ExporterPlugin
        stream = plugin as? any StreamPlugin
        route = plugin as? any RoutePlugin
        service = plugin as? any ServicePlugin
        let memory = self.memory
        routes = route?.routes.map { $0.inMemory(memory) } ?? []
        subscriptions = handler?.subscriptions.map { memory.text($0) } ?? []
    }

    /// The instance behind the host's pointer.
    static func at(_ pointer: UnsafeMutableRawPointer?) throws -> Instance {
        guard let pointer else { throw PluginError("no instance", status: AGENT_INVALID) }
        return Unmanaged.fromOpaque(pointer).takeUnretainedValue()
    }
}
