import CAgentPlugin

/// agent.host.dashboards/1
enum DashboardService {
    static var table: agent_host_dashboards_v1 {
        agent_host_dashboards_v1(
            size: UInt32(MemoryLayout<agent_host_dashboards_v1>.size), reserved: 0,
            dashboard: { host, index, out in
                guard let out else { return AGENT_INVALID }
                return HostContext.withServices(host) { services in
                    DashboardService.describe(index, of: services.runningLibraries(), out)
                } ?? AGENT_CLOSED
            })
    }

    /// Asks the plugin whose it is. A library that runs in several instances counts once.
    private static func describe(
        _ index: UInt32, of libraries: [PluginLibrary],
        _ out: UnsafeMutablePointer<agent_dashboard_def>
    ) -> agent_status {
        var rest = Int(index)
        var counted: Set<String> = []
        for library in libraries where counted.insert(library.sha256).inserted {
            let count = library.declarations.dashboards.count
            if rest < count {
                let describe = library.interfaces.dashboards?.describe_dashboard
                return describe?(UInt32(rest), out) ?? AGENT_END
            }
            rest -= count
        }
        return AGENT_END
    }
}
