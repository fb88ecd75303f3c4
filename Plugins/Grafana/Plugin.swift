public import CAgentPlugin
import PluginKit

/// Keeps dashboards in Grafana as they should be, and marks there when the agent ran.
struct GrafanaPlugin: ServicePlugin {
    static let info = PluginInfo(
        id: "agent.grafana", name: "Grafana", version: "1.0.0", vendor: "agent",
        summary: "Pushes dashboards and the agent's start and stop to Grafana."
    )

    private let host: Host
    private let settings: GrafanaSettings
    /// Nil: off.
    private let grafana: GrafanaHost?
    private let thread: PushThread

    init(host: Host, settings: GrafanaSettings) throws {
        try settings.check()
        self.host = host
        self.settings = settings
        let url = settings.url.flatMap { $0.isEmpty ? nil : $0.revealed }
        grafana = try url.map { try GrafanaHost($0) }
        thread = PushThread()
    }

    func start() throws {
        guard let grafana else {
            host.log.info("off: \"url\" is not set, so nothing is pushed")
            return
        }
        try thread.start(settings, grafana, host)
    }

    func stop(before deadline: Deadline) throws {
        try thread.stop(before: deadline)
    }
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b100_0000, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<GrafanaPlugin>.enter(host, plugin, error)
}
