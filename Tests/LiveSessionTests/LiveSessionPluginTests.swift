import PluginTestSupport
import Testing

struct LiveSessionPluginTests {
    private let plugin: DescribedPlugin

    init() throws { plugin = try DescribedPlugin("LiveSession") }

    @Test func `the metrics are the ones users rely on`() {
        #expect(plugin.metricPrefix == "live_session")
        #expect(plugin.eventPrefix == "net_auto.liveview")
        #expect(
            plugin.metrics == [
                "5 mount_seconds view,action from .mount:duration .mount.stop:duration",
                "1 mount_exceptions_total view,action,kind from .mount.exception",
                """
                5 handle_params_seconds view,event from .handle_params:duration \
                .handle_params.stop:duration max 500
                """,
                """
                1 handle_params_exceptions_total view,event from .handle_params.exception max 500
                """,
                """
                5 handle_event_seconds view,event from .handle_event:duration \
                .handle_event.stop:duration .live_component.handle_event.stop:duration \
                phoenix.live_component.handle_event.stop:duration max 500
                """,
                """
                1 handle_event_exceptions_total view,event from .handle_event.exception \
                .live_component.handle_event.exception \
                phoenix.live_component.handle_event.exception max 500
                """,
                """
                5 render_seconds view,event from .render:duration .render.stop:duration max 500
                """,
                "1 render_exceptions_total view,event from .render.exception max 500",
                "4 connected view from .connected .disconnected×-1",
                "5 lifetime_seconds view from .disconnected:lifetime",
                "1 disconnects_total view,reason from .disconnected",
                "5 patch_bytes view from .patch:bytes",
                "3 backlog view from .backlog:length",
                "1 stream_errors_total view,kind from .stream_error",
            ])
    }

    @Test func `every key a metric reads is documented with its event`() {
        #expect(plugin.documented.count == 25)
        #expect(plugin.undocumented == [] && plugin.unknownKeys == [])
    }

    @Test func `buckets increase`() {
        #expect(plugin.buckets.count == 6)
        for (name, bounds) in plugin.buckets {
            #expect(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<), "\(name)")
        }
    }
}
