import CAgentPlugin

/// A dashboard of a plugin that runs.
public struct HostDashboard: Sendable {
    public let uid: String
    public let title: String
    /// Grafana's dashboard model.
    public let json: String
}

extension Host {
    /// The dashboards of all plugins that run now; none where the host does not tell.
    public var dashboards: [HostDashboard] {
        guard
            let table: UnsafePointer<agent_host_dashboards_v1> = interface(AGENT_HOST_DASHBOARDS_V1)
        else { return [] }
        var dashboards: [HostDashboard] = []
        // The limit ends what a faulty host would not.
        while dashboards.count < 4096 {
            var found = agent_dashboard_def()
            found.size = UInt32(MemoryLayout<agent_dashboard_def>.size)
            let index = UInt32(dashboards.count)
            guard table.pointee.dashboard(raw, index, &found) == AGENT_OK else { break }
            dashboards.append(
                HostDashboard(
                    uid: TextView(found.uid).description, title: TextView(found.title).description,
                    json: TextView(found.json).description))
        }
        return dashboards
    }
}
