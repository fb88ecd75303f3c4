public import CAgentPlugin
import PluginKit

/// Serves all metrics to Prometheus and whoever else reads its formats.
struct PrometheusPlugin: RoutePlugin {
    static let info = PluginInfo(
        id: "agent.prometheus", name: "Prometheus", version: "1.0.0", vendor: "agent",
        summary: "Serves metrics as Prometheus text and OpenMetrics over HTTP."
    )

    let settings: PrometheusSettings
    let guardian: Authorization

    init(host: Host, settings: PrometheusSettings) throws {
        try settings.check()
        self.settings = settings
        guardian = Authorization(settings)
    }

    var routes: [Route] {
        [Route(settings.path, summary: "All metrics, to be scraped.", snapshot: true)]
    }

    func handle(_ request: Request, _ response: Response) throws {
        try MetricsAnswer(request, response, settings, guardian).send()
    }
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b100, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<PrometheusPlugin>.enter(host, plugin, error)
}
