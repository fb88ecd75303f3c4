import MetricRegistry
import PluginHost
import PubSub
import Redaction
import Telemetry
import Testing

@testable import AgentRuntime

/// What is published of plugins, and what somebody should look at.
struct NoticesTests {
    private let bus = TelemetryBus()
    private let hub = PubSub()
    private let desk: AlertDesk
    private let watch: PluginWatch

    init() throws {
        let redactor = CurrentRedactor(.standard)
        desk = AlertDesk(
            hub: hub, redactor: redactor,
            clock: TelemetryClock(monotonic: { 0 }, system: { 1_700_000_000_000_000_000 }))
        let registry = try MetricRegistry(bus: bus)
        watch = PluginWatch(
            RunningPlugins(PluginHost(bus: bus, registry: registry)), hub: hub, redactor: redactor,
            desk: desk)
        try watch.attach(to: bus)
    }

    private func notices<Kind>(_ kind: Kind.Type, _ batch: Subscription.Batch?) -> [Kind] {
        (batch?.messages ?? []).compactMap { $0.notice as? Kind }
    }

    @Test func `what becomes of a plugin is told as it happens, and is an alert where it is bad`()
        async
    {
        let plugins = hub.subscribe(to: [.plugins])
        let alerts = hub.subscribe(to: [.alerts])
        bus.execute("agent.plugin.loaded", [:], ["plugin": "statsd"])
        bus.execute("agent.plugin.replaced", [:], ["plugin": "statsd"])
        bus.execute(
            "agent.plugin.refused", [:],
            ["plugin": "away", "message": "cannot reach https://ann:hunter22@example.net"])
        bus.execute("agent.plugin.failed", [:], ["plugin": "statsd", "reason": "crashed"])

        let told = await plugins.next()
        #expect(told?.messages.allSatisfy { $0.topics == [.plugins] } == true)
        let clean = "cannot reach https://ann:[redacted]@example.net"
        #expect(
            notices(PluginNotice.self, told) == [
                PluginNotice(plugin: "statsd", change: "loaded", why: ""),
                PluginNotice(plugin: "statsd", change: "replaced", why: ""),
                PluginNotice(plugin: "away", change: "refused", why: clean),
                PluginNotice(plugin: "statsd", change: "failed", why: "crashed"),
            ])
        let bad = await alerts.next()
        #expect(bad?.messages.allSatisfy { $0.topics == [.alerts] } == true)
        #expect(
            notices(AlertNotice.self, bad) == [
                AlertNotice(
                    at: 1_700_000_000_000_000_000, level: .critical, subject: "plugin away",
                    text: "refused: \(clean)"),
                AlertNotice(
                    at: 1_700_000_000_000_000_000, level: .critical, subject: "plugin statsd",
                    text: "failed: crashed"),
            ])
    }

    @Test func `a handler that is set aside is an alert`() async {
        let alerts = hub.subscribe(to: [.alerts])
        bus.execute(
            "telemetry.handler.failure", [:], ["handler_id": "mine", "quarantined": "false"])
        bus.execute(
            "telemetry.handler.failure", [:],
            ["handler_id": "mine", "quarantined": "true", "reason": "it threw"])
        let told = notices(AlertNotice.self, await alerts.next())
        #expect(
            told.map { "\($0.level) \($0.subject): \($0.text)" } == [
                "warning handler mine: set aside after failures: it threw"
            ])
    }

    @Test func `who looks too seldom has the newest alerts, and knows how many there were`() async {
        let slow = hub.subscribe(to: [.alerts], capacity: 2)
        let quick = hub.subscribe(to: [.alerts])
        for number in 1...30 { desk.post(.warning, "store", "number \(number)") }
        let last = await slow.next()
        #expect(notices(AlertNotice.self, last).map(\.text) == ["number 29", "number 30"])
        #expect(last?.missed == 28)
        #expect(await quick.next()?.messages.count == 30)
        #expect(hub.statistics.lost == 28)
        // Who comes later is shown the last of them.
        #expect(desk.recent.map(\.text) == (11...30).map { "number \($0)" })
    }

    @Test func `who looks too seldom at plugins has their newest changes`() async {
        let slow = hub.subscribe(to: [.plugins], capacity: 1)
        bus.execute("agent.plugin.loaded", [:], ["plugin": "a"])
        bus.execute("agent.plugin.loaded", [:], ["plugin": "b"])
        bus.execute("agent.plugin.loaded", [:], ["plugin": "c"])
        let last = await slow.next()
        #expect(notices(PluginNotice.self, last).map(\.plugin) == ["c"] && last?.missed == 2)
    }

    @Test func `a long text of an alert is cut`() {
        desk.post(.warning, "store", String(repeating: "ü", count: 600))
        #expect(desk.recent.first?.text == String(repeating: "ü", count: 500) + "…")
    }
}
