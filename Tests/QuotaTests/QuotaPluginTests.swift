import PluginTestSupport
import Testing

struct QuotaPluginTests {
    private let plugin: DescribedPlugin

    init() throws { plugin = try DescribedPlugin("Quota") }

    @Test func `the metrics are the ones users rely on`() {
        #expect(plugin.metricPrefix == "quota" && plugin.eventPrefix == "net_auto")
        #expect(
            plugin.metrics == [
                """
                3 active scope,site from .quota.checked_out:global_active[scope=global][site=] \
                .quota.checked_out:site_active[scope=site] \
                .quota.checked_in:global_active[scope=global][site=] \
                .quota.checked_in:site_active[scope=site]
                """,
                "3 limit scope,site from .quota.limits:limit",
                "1 checkouts_total scope,site from .quota.checked_out",
                "1 checkins_total scope,site,reason from .quota.checked_in",
                "1 rejections_total scope,site from .quota.rejected",
                "5 hold_seconds site from .quota.checked_in:held",
            ])
    }

    @Test func `every key a metric reads is documented with its event`() {
        #expect(plugin.documented.count == 4)
        #expect(plugin.undocumented == [] && plugin.unknownKeys == [])
    }

    @Test func `buckets increase`() {
        let bounds = plugin.buckets["hold_seconds"] ?? []
        #expect(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<))
    }
}
