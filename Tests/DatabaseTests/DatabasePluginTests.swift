import PluginTestSupport
import Testing

struct DatabasePluginTests {
    private let plugin: DescribedPlugin

    init() throws { plugin = try DescribedPlugin("Database") }

    @Test func `the metrics are the ones users rely on`() {
        #expect(plugin.metricPrefix == "db" && plugin.eventPrefix == "net_auto.repo")
        #expect(
            plugin.metrics == [
                "5 query_idle_seconds repo from .query:idle_time",
                "5 query_queue_seconds repo from .query:queue_time",
                "5 query_decode_seconds repo from .query:decode_time",
                "5 query_execution_seconds repo,source,command from .query:query_time",
                "5 query_total_seconds repo,source,command from .query:total_time",
                "5 query_rows repo,source,command from .query:num_rows",
                """
                1 query_errors_total repo,source,command,error_kind from .query \
                if result|result.0 = error
                """,
                """
                1 slow_queries_total repo,source,command from .query \
                if total_time > 1s|slow_query_threshold
                """,
                "3 pool_size repo from .init:pool_size",
                "3 pool_in_use repo from .pool:in_use",
                "3 pool_idle repo from .pool:idle",
                "3 pool_waiting repo from .pool:waiting",
                "3 pool_timeout_seconds repo,database from .init:timeout",
                "1 transactions_total repo,outcome from .transaction",
                """
                3 up repo from .init .pool .query ecto.repo.init \
                unless result|result.0 = error for 300 s
                """,
                "3 init_info repo,database from .init ecto.repo.init",
            ])
    }

    @Test func `every key a metric reads is documented with its event`() {
        #expect(plugin.documented.count == 5)
        #expect(plugin.undocumented == [] && plugin.unknownKeys == [])
    }

    @Test func `buckets increase, and times begin where an index answers`() {
        for (name, bounds) in plugin.buckets {
            #expect(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<), "\(name)")
            if name.hasSuffix("_seconds") { #expect(bounds.first == 0.000_1, "\(name)") }
        }
        #expect(plugin.buckets.count == 6)
    }

    @Test func `the threshold of slow queries is a setting, a second unless the operator says so`()
    {
        #expect(
            plugin.settingsSchema.contains(
                #"""
                "slow_query_threshold":{"description":"A query that takes longer in all is slow.",\#
                "type":"string","pattern":"^[0-9]{1,9}(ns|us|ms|s|m|h|d)$","default":"1s"}
                """#))
    }
}
