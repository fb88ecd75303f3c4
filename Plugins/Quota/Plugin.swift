public import CAgentPlugin
import PluginKit

/// The quotas that admit runs: what is taken, what there is to take, who was refused, how long it was held.
struct QuotaPlugin: MetricPlugin {
    static let info = PluginInfo(
        id: "agent.quota", name: "Quota", version: "1.0.0", vendor: "agent",
        summary: "Shows what an automation platform's quotas admit and refuse."
    )
    static let metricPrefix = "quota"

    static let metrics: [MetricDefinition] = [
        // One event tells both counts; each is a series of its own, and a check-out that concerns only the
        // global limit has nothing to say of a site.
        .lastValue(
            "active", "Reservations that are held.", of: "site_active",
            from: everywhere(".quota.checked_out"), atSite(".quota.checked_out"),
            everywhere(".quota.checked_in"), atSite(".quota.checked_in"), labels: byScope
        ).measuringWhenPresent(),
        .lastValue(
            "limit", "Reservations that may be held.", of: "limit", from: ".quota.limits",
            labels: byScope),
        .counter(
            "checkouts_total", "Reservations made.", from: ".quota.checked_out", labels: byScope),
        .counter(
            "checkins_total", "Reservations given back.", from: ".quota.checked_in",
            labels: byScope + ["reason"]),
        .counter(
            "rejections_total", "Reservations refused, by the limit that refused them.",
            from: ".quota.rejected", labels: byScope),
        .distribution(
            "hold_seconds", "Time from a reservation to its return.", of: "held", in: "duration",
            from: ".quota.checked_in", unit: "seconds", labels: [site], buckets: holds),
    ]

    private static func everywhere(_ event: String) -> MetricSource {
        .event(event, measurement: "global_active", constants: ["scope": "global", "site": ""])
    }

    private static func atSite(_ event: String) -> MetricSource {
        .event(event, constants: ["scope": "site"])
    }

    private static let byScope: [Label] = ["scope", site]
    /// What concerns the global limit alone has no site.
    private static let site = Label("site", default: "")

    /// As long as a run: from a command that answers at once to a firmware upgrade.
    private static let holds = [
        0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600,
    ]
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b1, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<QuotaPlugin>.enter(host, plugin, error)
}
