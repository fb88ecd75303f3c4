import CAgentPlugin

/// A plugin that brings Grafana dashboards.
public protocol DashboardPlugin: Plugin {
    static var dashboards: [Dashboard] { get }
}

/// A Grafana dashboard.
public struct Dashboard: Sendable {
    private let uid: String
    private let title: String
    private let json: String

    /// - Parameters:
    ///   - uid: stable, at most 40 characters
    ///   - json: Grafana's dashboard model, without "id"
    public init(uid: String, title: String, json: String) {
        self.uid = uid
        self.title = title
        self.json = json
    }

    func inMemory(_ memory: StaticMemory) -> agent_dashboard_def {
        agent_dashboard_def(
            size: UInt32(MemoryLayout<agent_dashboard_def>.size), reserved: 0,
            uid: memory.text(uid), title: memory.text(title), json: memory.text(json))
    }
}

extension DashboardPlugin {
    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_dashboards_v1(
                    size: UInt32(MemoryLayout<agent_dashboards_v1>.size), reserved: 0,
                    describe_dashboard: { describe(PluginImage.loaded?.dashboards ?? [], $0, $1) }))
        )
    }
}
