import TestSupport
import Testing

/// The shipped metric plugins in the running agent, with what a configuration changes about them.
struct ShippedPluginTests {
    private func agent(_ plugins: String..., top: String = "") async throws -> RunningAgent {
        try await RunningAgent(
            AgentConfigurationText(plugins: [#"{ "plugin": "Prometheus" }"#] + plugins, top: top))
    }

    private func quota(
        _ event: String, _ measurements: String, scope: String = "site", site: String = "ams",
        more: String = ""
    ) -> String {
        """
        {"event":"net_auto.quota.\(event)","measurements":{\(measurements)},\
        "metadata":{"scope":"\(scope)","site":"\(site)","run_id":"r"\(more)}}

        """
    }

    @Test func `a reservation moves the gauge of its site and the global one`() async throws {
        let agent = try await agent(#"{ "plugin": "Quota" }"#)
        try await agent.send(
            quota("limits", #""limit":8"#, scope: "global", site: "")
                + quota("limits", #""limit":4"#)
                + quota("checked_out", #""global_active":1,"site_active":1"#)
                + quota("checked_out", #""global_active":2,"site_active":1"#, site: "nyc")
                // Counts against the global limit alone: its site's gauge stays.
                + quota("checked_out", #""global_active":3"#, scope: "global")
                + quota("rejected", #""global_active":3,"site_active":1"#, scope: "global")
                + quota(
                    "checked_in", #""global_active":2,"site_active":0,"held":2000000000"#,
                    more: #","reason":"normal""#))
        #expect(
            try await agent.lines("quota_").filter { !$0.contains("_bucket") } == [
                #"quota_active{scope="global",site=""} 2"#,
                #"quota_active{scope="site",site="ams"} 0"#,
                #"quota_active{scope="site",site="nyc"} 1"#,
                #"quota_checkins_total{scope="site",site="ams",reason="normal"} 1"#,
                #"quota_checkouts_total{scope="site",site="ams"} 1"#,
                #"quota_checkouts_total{scope="site",site="nyc"} 1"#,
                #"quota_checkouts_total{scope="global",site="ams"} 1"#,
                #"quota_hold_seconds_sum{site="ams"} 2"#,
                #"quota_hold_seconds_count{site="ams"} 1"#,
                #"quota_limit{scope="global",site=""} 8"#,
                #"quota_limit{scope="site",site="ams"} 4"#,
                #"quota_rejections_total{scope="global",site="ams"} 1"#,
            ])
        #expect(try await agent.lines("agent_metric_updates_skipped_total") == [])
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let plugin: String
        let keys: String
        let event: String
        let lines: [String]
        var testDescription: String { plugin }
    }

    static let changes = [
        Change(
            plugin: "Runner",
            keys:
                #""metrics": { "queue_time_seconds": { "buckets": [1, 2], "drop_labels": ["protocol"] } }"#,
            event:
                #"{"event":"app.runner.start","measurements":{"queue_time":1500},"metadata":{"site":"ams","protocol":"ssh"}}"#,
            lines: [
                #"x_active_runs{site="ams",protocol="ssh"} 1"#,
                #"x_queue_time_seconds_bucket{site="ams",le="1"} 0"#,
                #"x_queue_time_seconds_bucket{site="ams",le="2"} 1"#,
                #"x_queue_time_seconds_bucket{site="ams",le="+Inf"} 1"#,
                #"x_queue_time_seconds_sum{site="ams"} 1.5"#,
                #"x_queue_time_seconds_count{site="ams"} 1"#,
                #"x_starts_total{site="ams",protocol="ssh"} 1"#,
            ]),
        Change(
            plugin: "Quota",
            keys:
                #""metrics": { "hold_seconds": { "buckets": [2] }, "checkins_total": { "drop_labels": ["site", "scope"] } }"#,
            event:
                #"{"event":"app.quota.checked_in","measurements":{"global_active":0,"held":2000},"metadata":{"scope":"global","reason":"canceled"}}"#,
            lines: [
                #"x_active{scope="global",site=""} 0"#,
                #"x_checkins_total{reason="canceled"} 1"#,
                #"x_hold_seconds_bucket{site="",le="2"} 1"#,
                #"x_hold_seconds_bucket{site="",le="+Inf"} 1"#,
                #"x_hold_seconds_sum{site=""} 2"#,
                #"x_hold_seconds_count{site=""} 1"#,
            ]),
        Change(
            plugin: "LiveSession",
            keys:
                #""metrics": { "mount_seconds": { "buckets": [0.2], "drop_labels": ["action"] } }"#,
            event:
                #"{"event":"app.mount","measurements":{"duration":250},"metadata":{"view":"home","action":"show"}}"#,
            lines: [
                #"x_mount_seconds_bucket{view="home",le="0.2"} 0"#,
                #"x_mount_seconds_bucket{view="home",le="+Inf"} 1"#,
                #"x_mount_seconds_sum{view="home"} 0.25"#,
                #"x_mount_seconds_count{view="home"} 1"#,
            ]),
        Change(
            plugin: "Database",
            keys:
                #""metrics": { "query_total_seconds": { "buckets": [0.001], "drop_labels": ["source"] } }"#,
            event:
                #"{"event":"app.query","measurements":{"total_time":1},"metadata":{"repo":"r","source":"runs","command":"select","result":"ok"}}"#,
            lines: [
                #"x_query_total_seconds_bucket{repo="r",command="select",le="0.001"} 1"#,
                #"x_query_total_seconds_bucket{repo="r",command="select",le="+Inf"} 1"#,
                #"x_query_total_seconds_sum{repo="r",command="select"} 0.001"#,
                #"x_query_total_seconds_count{repo="r",command="select"} 1"#,
                #"x_up{repo="r"} 1"#,
            ]),
    ]

    @Test(arguments: changes)
    func `prefixes, the unit of durations, buckets and labels are the operator's`(
        change: Change
    ) async throws {
        let agent = try await agent(
            """
            { "plugin": "\(change.plugin)", "event_prefix": "app", "metric_prefix": "x",
              "duration_unit": "millisecond", \(change.keys) }
            """)
        try await agent.send(change.event)
        #expect(try await agent.lines("x_") == change.lines)
    }

    @Test(arguments: [
        ("", "nanosecond", ["999999999", "1000000000", "1000000001", "5000000000"]),
        (
            #""slow_query_threshold": "20ms""#, "microsecond",
            ["19999", "20000", "20000.5", "30000"]
        ),
    ])
    func `a query is slow when it takes longer than the threshold`(
        setting: String, unit: String, times: [String]
    ) async throws {
        let agent = try await agent(
            """
            { "plugin": "Database", "duration_unit": "\(unit)", "settings": { \(setting) } }
            """)
        for time in times {
            try await agent.send(
                """
                {"event":"net_auto.repo.query","measurements":{"total_time":\(time)},\
                "metadata":{"repo":"agent","source":"runs","command":"select","result":"ok"}}
                """)
        }
        // One that was refused by a busy pool took no time that anybody knows.
        try await agent.send(
            """
            {"event":"net_auto.repo.query","metadata":{"repo":"agent","source":"runs",\
            "command":"select","result":"error","error_kind":"busy"}}
            """)
        #expect(
            try await agent.lines("db_slow_queries_total") == [
                #"db_slow_queries_total{repo="agent",source="runs",command="select"} 2"#
            ])
        #expect(
            try await agent.lines("db_query_errors_total") == [
                """
                db_query_errors_total{repo="agent",source="runs",command="select",\
                error_kind="busy"} 1
                """
            ])
    }

    @Test func `a database that falls silent is no longer up`() async throws {
        let agent = try await agent(
            #"{ "plugin": "Database", "metrics": { "up": { "expire_after": "1s" } } }"#,
            top: #""series": { "tick": "1s" },"#)
        // It may be gone again before a busy machine looks.
        try await waitUntil("all that a repo tells when it is opened") {
            try await agent.send(
                """
                {"event":"net_auto.repo.init","measurements":{"pool_size":5,"timeout":5000000000},\
                "metadata":{"repo":"agent","database":"agent.db"}}
                """)
            return try await agent.lines("db_") == [
                #"db_init_info{repo="agent",database="agent.db"} 1"#,
                #"db_pool_size{repo="agent"} 5"#,
                #"db_pool_timeout_seconds{repo="agent",database="agent.db"} 5"#,
                #"db_up{repo="agent"} 1"#,
            ]
        }
        try await waitUntil("db_up to go") { try await agent.lines("db_up") == [] }
        // A query that fails is no sign of life.
        try await agent.send(
            #"{"event":"net_auto.repo.query","metadata":{"repo":"agent","result":"error"}}"#)
        #expect(try await agent.lines("db_up") == [])
        #expect(try await agent.lines("db_pool_size") == [#"db_pool_size{repo="agent"} 5"#])
    }

    @Test func `what a client calls its events cannot fill the agent`() async throws {
        let agent = try await agent(#"{ "plugin": "LiveSession" }"#)
        let events = (0..<700).map {
            """
            {"event":"net_auto.liveview.handle_event.stop","measurements":{"duration":1000},\
            "metadata":{"view":"home","event":"e\($0)"}}

            """
        }
        try await agent.send(events.joined())
        let counts = try await agent.lines("live_session_handle_event_seconds_count")
        #expect(counts.count == 501)
        #expect(
            counts.contains(
                #"live_session_handle_event_seconds_count{otel_metric_overflow="true"} 200"#))
    }

    @Test func `sessions come and go`() async throws {
        let agent = try await agent(#"{ "plugin": "LiveSession" }"#)
        func event(_ name: String, _ measurements: String, _ metadata: String = "") -> String {
            """
            {"event":"net_auto.liveview.\(name)","measurements":{\(measurements)},\
            "metadata":{"view":"home"\(metadata)}}

            """
        }
        try await agent.send(
            event("connected", #""count":1"#) + event("connected", #""count":1"#)
                + event("patch", #""bytes":300"#) + event("backlog", #""length":3"#)
                + event("stream_error", #""count":1"#, #","kind":"closed""#)
                + event("disconnected", #""lifetime":90000000000"#, #","reason":"gone""#))
        let lines = try await agent.lines("live_session_").filter { !$0.contains("_bucket") }
        #expect(
            lines == [
                #"live_session_backlog{view="home"} 3"#,
                #"live_session_connected{view="home"} 1"#,
                #"live_session_disconnects_total{view="home",reason="gone"} 1"#,
                #"live_session_lifetime_seconds_sum{view="home"} 90"#,
                #"live_session_lifetime_seconds_count{view="home"} 1"#,
                #"live_session_patch_bytes_sum{view="home"} 300"#,
                #"live_session_patch_bytes_count{view="home"} 1"#,
                #"live_session_stream_errors_total{view="home",kind="closed"} 1"#,
            ])
    }
}
