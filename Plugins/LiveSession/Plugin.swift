public import CAgentPlugin
import PluginKit

/// The live pages people keep open: how fast they answer, how many there are, why they end.
///
/// It understands the agent's own page and, by the socket in their metadata, Phoenix LiveView's events.
struct LiveSessionPlugin: MetricPlugin {
    static let info = PluginInfo(
        id: "agent.live_session", name: "LiveSession", version: "1.0.0", vendor: "agent",
        summary: "Watches the sessions of live pages, those of Phoenix LiveView included."
    )
    static let metricPrefix = "live_session"
    static let eventPrefix = "net_auto.liveview"

    static let metrics: [MetricDefinition] = callbacks + sessions

    private static let callbacks: [MetricDefinition] = [
        .distribution(
            "mount_seconds", "Time it took to mount a view.", of: "duration", in: "duration",
            from: ".mount", ".mount.stop", unit: "seconds", labels: [view, action], buckets: times),
        .counter(
            "mount_exceptions_total", "Views that failed to mount.", from: ".mount.exception",
            labels: [view, action, "kind"]),
        .distribution(
            "handle_params_seconds", "Time it took to follow a change of the address.",
            of: "duration", in: "duration", from: ".handle_params", ".handle_params.stop",
            unit: "seconds", labels: byEvent, buckets: times
        ).limited(to: eventSeries),
        .counter(
            "handle_params_exceptions_total", "Changes of the address that failed.",
            from: ".handle_params.exception", labels: byEvent
        ).limited(to: eventSeries),
        .distribution(
            "handle_event_seconds", "Time it took to handle what a person did.", of: "duration",
            in: "duration", from: ".handle_event", ".handle_event.stop",
            ".live_component.handle_event.stop", "phoenix.live_component.handle_event.stop",
            unit: "seconds", labels: byEvent, buckets: times
        ).limited(to: eventSeries),
        .counter(
            "handle_event_exceptions_total", "What people did that failed.",
            from: ".handle_event.exception", ".live_component.handle_event.exception",
            "phoenix.live_component.handle_event.exception", labels: byEvent
        ).limited(to: eventSeries),
        .distribution(
            "render_seconds", "Time it took to render a view.", of: "duration", in: "duration",
            from: ".render", ".render.stop", unit: "seconds", labels: byEvent, buckets: times
        ).limited(to: eventSeries),
        .counter(
            "render_exceptions_total", "Views that failed to render.", from: ".render.exception",
            labels: byEvent
        ).limited(to: eventSeries),
    ]

    private static let sessions: [MetricDefinition] = [
        .upDownCounter(
            "connected", "Sessions that are connected.",
            from: ".connected", .event(".disconnected", factor: -1), labels: [view]),
        .distribution(
            "lifetime_seconds", "Time from a session's start to its end.", of: "lifetime",
            in: "duration", from: ".disconnected", unit: "seconds", labels: [view],
            buckets: lifetimes),
        .counter(
            "disconnects_total", "Sessions that ended.", from: ".disconnected",
            labels: [view, "reason"]),
        .distribution(
            "patch_bytes", "Size of an update sent to a page.", of: "bytes", from: ".patch",
            unit: "bytes", labels: [view], buckets: sizes),
        .lastValue(
            "backlog", "Updates that wait for a page to take them.", of: "length",
            from: ".backlog", labels: [view]),
        .counter(
            "stream_errors_total", "Failures of the connection to a page.", from: ".stream_error",
            labels: [view, "kind"]),
    ]

    /// Phoenix names the view in its socket.
    private static let view = Label("view", or: "socket.view")
    private static let action = Label("action", or: "socket.assigns.live_action", default: "")
    /// What is called an event comes from the client, who may call it anything.
    private static let byEvent = [view, Label("event", default: "")]
    private static let eventSeries: UInt32 = 500

    /// From what nobody notices to what everybody does.
    private static let times = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    ]
    /// From a page that was closed at once to one on a wall.
    private static let lifetimes: [Double] = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400]
    /// 64 bytes to 1 MiB, each four times the one before.
    private static let sizes: [Double] = [
        64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576,
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
    PluginEntry<LiveSessionPlugin>.enter(host, plugin, error)
}
