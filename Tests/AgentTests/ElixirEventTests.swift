import Foundation
import TestSupport
import Testing

/// What an Elixir application emits, unchanged, becomes the metrics of the shipped plugins.
struct ElixirEventTests {
    private static let directory = "\(repositoryRoot)/Tests/Fixtures/elixir"

    private func agent(_ plugin: String, after recording: String) async throws -> RunningAgent {
        let agent = try await RunningAgent(
            AgentConfigurationText(plugins: [#"{ "plugin": "Prometheus" }"#, plugin]))
        let events = try String(
            contentsOfFile: "\(Self.directory)/\(recording).jsonl", encoding: .utf8)
        try await agent.send(events)
        return agent
    }

    @Test func `Phoenix LiveView's events feed the LiveSession plugin`() async throws {
        let agent = try await agent(
            #"{ "plugin": "LiveSession", "event_prefix": "phoenix.live_view" }"#,
            after: "live_view")
        let samples = try await agent.samples()
        let expected: [String: Double] = [
            #"mount_seconds_count{view="ShopWeb.OrderLive",action="index"}"#: 4,
            #"mount_seconds_count{view="ShopWeb.OrderLive",action="show"}"#: 2,
            // A view without live actions has none.
            #"mount_seconds_count{view="ShopWeb.StatusLive",action=""}"#: 2,
            #"mount_seconds_sum{view="ShopWeb.OrderLive",action="show"}"#: 0.004_25,
            #"handle_params_seconds_count{view="ShopWeb.OrderLive",event=""}"#: 6,
            #"handle_event_seconds_count{view="ShopWeb.OrderLive",event="filter"}"#: 6,
            #"handle_event_seconds_count{view="ShopWeb.OrderLive",event="next-page"}"#: 3,
            // A component's, which Phoenix tells under a name of its own.
            #"handle_event_seconds_count{view="ShopWeb.OrderLive",event="add"}"#: 3,
            #"handle_event_seconds_sum{view="ShopWeb.OrderLive",event="add"}"#: 0.009_3,
            #"render_seconds_count{view="ShopWeb.OrderLive",event=""}"#: 15,
            #"render_seconds_count{view="ShopWeb.StatusLive",event=""}"#: 2,
            #"mount_exceptions_total{view="ShopWeb.OrderLive",action="show",kind="error"}"#: 1,
            #"handle_params_exceptions_total{view="ShopWeb.OrderLive",event=""}"#: 1,
            #"handle_event_exceptions_total{view="ShopWeb.OrderLive",event="pay"}"#: 1,
            #"handle_event_exceptions_total{view="ShopWeb.OrderLive",event="remove"}"#: 1,
            #"render_exceptions_total{view="ShopWeb.OrderLive",event=""}"#: 1,
        ]
        for (name, value) in expected {
            #expect(samples["live_session_\(name)"] == value, "\(name)")
        }
        #expect(!samples.keys.contains { $0.hasPrefix("agent_metric_updates_skipped_total") })
    }

    @Test func `Ecto's events feed the Database plugin`() async throws {
        let agent = try await agent(
            #"{ "plugin": "Database", "event_prefix": "my_app.repo" }"#, after: "ecto")
        let samples = try await agent.samples()
        let repo = #"repo="MyApp.Repo""#
        let orders = #"\#(repo),source="orders""#
        let expected: [String: Double] = [
            #"query_total_seconds_count{\#(orders),command="select"}"#: 13,
            #"query_total_seconds_count{\#(orders),command="insert"}"#: 5,
            #"query_execution_seconds_count{\#(repo),source="customers",command="update"}"#: 1,
            // What opens a transaction is about no table.
            #"query_total_seconds_count{\#(repo),source="",command="begin"}"#: 1,
            #"query_execution_seconds_sum{\#(orders),command="insert"}"#: 0.003,
            // The first of them took 80 µs, as no other did: the first bound is 100 µs.
            #"query_execution_seconds_bucket{\#(orders),command="select",le="0.0001"}"#: 1,
            "query_queue_seconds_count{\(repo)}": 21,
            "query_decode_seconds_count{\(repo)}": 18,
            "query_idle_seconds_count{\(repo)}": 15,
            #"slow_queries_total{\#(orders),command="select"}"#: 1,
            // A query that failed has no command to tell.
            #"query_errors_total{\#(orders),command="",error_kind="unique_violation"}"#: 1,
            #"query_errors_total{\#(orders),command="",error_kind="queue_timeout"}"#: 1,
            "up{\(repo)}": 1,
            #"init_info{\#(repo),database="my_app_dev"}"#: 1,
        ]
        for (name, value) in expected { #expect(samples["db_\(name)"] == value, "\(name)") }
        #expect(!samples.keys.contains { $0.hasPrefix("agent_metric_updates_skipped_total") })
        // Neither parameters nor statements are anywhere in what is shown.
        #expect(!samples.keys.contains { $0.contains("SELECT") || $0.contains("password") })
    }
}
