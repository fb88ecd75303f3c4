import EventIntake
import MetricRegistry
import NIOCore
import PluginHost
import PubSub
import Redaction
import Telemetry
import TestSupport

@testable import AgentRuntime

/// The live page of an agent that runs nothing, without its HTTP server.
struct LiveBench {
    let bus = TelemetryBus()
    let hub = PubSub()
    let sessions = LiveSessions()
    let feed: LiveFeed
    let desk: AlertDesk
    let events: LiveSessionEvents
    let recorder: EventRecorder

    init(redactor: Redactor = .standard) throws {
        let redactor = CurrentRedactor(redactor)
        desk = AlertDesk(hub: hub, redactor: redactor)
        let registry = try MetricRegistry(bus: bus)
        let plugins = RunningPlugins(PluginHost(bus: bus, registry: registry))
        let sources = LiveSources(
            hub: hub, bus: bus, redactor: redactor,
            accounting: EventIntake(bus: bus, settings: .init()).accounting, plugins: plugins,
            pluginWatch: PluginWatch(plugins, hub: hub, redactor: redactor, desk: desk), desk: desk,
            automation: nil, configurationHash: { "0123456789abcdef" })
        events = LiveSessionEvents(bus, view: "overview")
        feed = LiveFeed(sources, sessions: sessions, events: events)
        recorder = try EventRecorder(bus, .below("net_auto.liveview"))
    }

    func session() -> LiveSession {
        LiveSession(feed: feed, sessions: sessions, hub: hub, events: events, clock: bus.clock)
    }

    /// Publishes a patch as the feed would, newer than everything the feed has written.
    func publish(_ number: Int) {
        let bytes = ByteBuffer(string: "event: test\ndata: \(number)\n\n")
        hub.publish(
            Message(LivePatch(number: UInt64(1_000_000 + number), bytes: bytes), to: [.live]))
    }

    /// The names of the events so far, without what all have in common.
    var names: [String] {
        recorder.events.map { String($0.name.description.dropFirst("net_auto.liveview.".count)) }
    }
}
