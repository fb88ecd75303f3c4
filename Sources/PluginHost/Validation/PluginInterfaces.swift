import CAgentPlugin

/// The interfaces a plugin offers, each table checked and copied.
///
/// `@unchecked Sendable`: the ABI declares the tables static and constant; these are copies of them.
struct PluginInterfaces: @unchecked Sendable {
    private(set) var metrics: agent_metrics_v1?
    private(set) var poll: agent_poll_v1?
    private(set) var handler: agent_handler_v1?
    private(set) var exporter: agent_exporter_v1?
    private(set) var stream: agent_stream_v1?
    private(set) var route: agent_route_v1?
    private(set) var service: agent_service_v1?
    private(set) var dashboards: agent_dashboards_v1?

    /// What is really there, whatever the note says.
    private(set) var kinds: PluginKinds = []

    /// Asks for every interface the host knows. One that the note promises must be there.
    init(_ descriptor: PluginDescriptor, promised: PluginKinds) throws(PluginRefusal.Reason) {
        for (kind, _, id) in PluginKinds.all {
            guard let pointer = descriptor.interface(id) else {
                guard !promised.contains(kind) else { throw .missingInterface(id) }
                continue
            }
            try read(kind, id, pointer)
            kinds.insert(kind)
        }
    }

    private mutating func read(
        _ kind: PluginKinds, _ id: String, _ pointer: UnsafeRawPointer
    ) throws(PluginRefusal.Reason) {
        switch kind {
        case .metrics:
            let table = try ABITable.copy(
                pointer, agent_metrics_v1(),
                required: ABITable.end(of: \agent_metrics_v1.describe_metric), what: id)
            try Self.require(table.describe_metric != nil, "describe_metric", of: id)
            metrics = table
        case .poll:
            let table = try ABITable.copy(
                pointer, agent_poll_v1(), required: ABITable.end(of: \agent_poll_v1.poll), what: id)
            try Self.require(table.poll != nil, "poll", of: id)
            poll = table
        case .handler:
            let table = try ABITable.copy(
                pointer, agent_handler_v1(),
                required: ABITable.end(of: \agent_handler_v1.on_events), what: id)
            try Self.require(table.subscription != nil, "subscription", of: id)
            try Self.require(table.on_events != nil, "on_events", of: id)
            handler = table
        case .exporter:
            let table = try ABITable.copy(
                pointer, agent_exporter_v1(),
                required: ABITable.end(of: \agent_exporter_v1.export_snapshot), what: id)
            try Self.require(table.export_snapshot != nil, "export_snapshot", of: id)
            exporter = table
        case .stream:
            let table = try ABITable.copy(
                pointer, agent_stream_v1(), required: ABITable.end(of: \agent_stream_v1.push),
                what: id)
            try Self.require(table.push != nil, "push", of: id)
            stream = table
        case .route:
            let table = try ABITable.copy(
                pointer, agent_route_v1(), required: ABITable.end(of: \agent_route_v1.handle),
                what: id)
            try Self.require(table.describe_route != nil, "describe_route", of: id)
            try Self.require(table.handle != nil, "handle", of: id)
            route = table
        case .service:
            let table = try ABITable.copy(
                pointer, agent_service_v1(), required: ABITable.end(of: \agent_service_v1.stop),
                what: id)
            try Self.require(table.start != nil, "start", of: id)
            try Self.require(table.stop != nil, "stop", of: id)
            service = table
        case .dashboards:
            let table = try ABITable.copy(
                pointer, agent_dashboards_v1(),
                required: ABITable.end(of: \agent_dashboards_v1.describe_dashboard), what: id)
            try Self.require(table.describe_dashboard != nil, "describe_dashboard", of: id)
            dashboards = table
        default: break
        }
    }

    private static func require(
        _ isThere: Bool, _ function: String, of id: String
    ) throws(PluginRefusal.Reason) {
        guard isThere else { throw .missingFunction(what: id, function: function) }
    }
}
