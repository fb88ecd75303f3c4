import PluginTestSupport
import Testing

struct RunnerPluginTests {
    private let plugin: DescribedPlugin

    init() throws { plugin = try DescribedPlugin("Runner") }

    @Test func `the metrics are the ones users rely on`() {
        #expect(plugin.metricPrefix == "runner" && plugin.eventPrefix == "net_auto")
        #expect(
            plugin.metrics == [
                "1 runs_created_total site,protocol from .run.created",
                "1 starts_total site,protocol from .runner.start",
                "1 stops_total site,protocol,status from .runner.stop",
                "1 errors_total site,protocol,kind from .runner.error",
                "4 active_runs site,protocol from .runner.start .runner.stop×-1 .runner.error×-1",
                """
                5 run_duration_seconds site,protocol,status from .runner.stop:duration \
                .runner.error:duration[status=error]
                """,
                "6 run_duration_quantiles_seconds protocol from .runner.stop:duration",
                "5 queue_time_seconds site,protocol from .runner.start:queue_time",
                "5 run_bytes site,protocol from .runner.stop:bytes",
                "3 last_run_bytes site,protocol from .runner.stop:bytes",
                "1 chunks_total site,protocol from .run.chunk",
                "2 chunk_bytes_total site,protocol from .run.chunk:bytes",
                "1 device_runs_total device_id,site from .run.created max 1000",
            ])
    }

    @Test func `every key a metric reads is documented with its event`() {
        #expect(plugin.documented.count == 5)
        #expect(plugin.undocumented == [] && plugin.unknownKeys == [])
    }

    @Test func `buckets increase`() {
        #expect(plugin.buckets.count == 3)
        for (name, bounds) in plugin.buckets {
            #expect(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<), "\(name)")
        }
    }
}
