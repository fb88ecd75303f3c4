import Foundation
import TestSupport
import Testing

/// The StatsD plugin in a running agent.
struct StatsDExportTests {
    private static let metrics = [
        #"""
        { "name": "shop_orders_total", "kind": "counter", "help": "Orders.",
          "event": "shop.order.placed", "labels": ["country"] }
        """#,
        #"""
        { "name": "shop_revenue_total", "kind": "sum", "help": "Revenue.",
          "event": "shop.order.placed", "measurement": "cents", "labels": ["country"] }
        """#,
        #"""
        { "name": "shop_open_carts", "kind": "up_down_counter", "help": "Open carts.",
          "event": "shop.order.placed", "measurement": "carts" }
        """#,
    ]

    private func agent(_ plugins: [String]) async throws -> RunningAgent {
        try await RunningAgent(
            AgentConfigurationText(
                plugins: [#"{ "plugin": "Prometheus" }"#] + plugins, metrics: Self.metrics))
    }

    private func order(_ country: String) -> String {
        "shop.order.placed,country=\(country) cents=1999i,carts=-1i\n"
    }

    @Test func `collectd adds up to what the agent's own metrics say`() async throws {
        let collectd = try await CollectdServer()
        let agent = try await agent([
            #"""
            { "plugin": "StatsD", "interval": "100ms", "include": ["shop_*"],
              "settings": { "address": "127.0.0.1:\#(collectd.port)" } }
            """#
        ])
        let connection = try Connection(unix: agent.streamSocket)
        for country in ["NL", "BE", #"a:b|c"#] {
            for _ in 0..<50 { try connection.send(String(repeating: order(country), count: 100)) }
        }
        try await waitUntil("all orders") {
            try collectd.values("derive")["shop_orders_total.a_b_c"] == 5_000
        }
        try await waitUntil("all of the rest") {
            try collectd.values("gauge")["shop_open_carts"] == -15_000
        }
        let samples = try await agent.samples()
        let received = try collectd.values("derive")
        for country in ["NL", "BE"] {
            for metric in ["shop_orders_total", "shop_revenue_total"] {
                let own = samples["\(metric){country=\"\(country)\"}"]
                #expect(own != nil && received["\(metric).\(country)"] == own)
            }
        }
        #expect(!collectd.log.contains("nable to parse"), "\(collectd.log)")
    }

    @Test func `an instance that gets nowhere slows neither another one nor a scrape`()
        async throws
    {
        let collectd = try await CollectdServer()
        let directory = try TemporaryDirectory()
        // Takes connections, and never reads what comes.
        let deaf = try ChildProcess(
            "socat",
            ["UNIX-LISTEN:\(directory.path("deaf")),fork", "SYSTEM:sleep 600"])
        try await waitUntil("the deaf receiver") {
            FileManager.default.fileExists(atPath: directory.path("deaf"))
        }
        let agent = try await agent([
            #"""
            { "plugin": "StatsD", "name": "good", "interval": "100ms", "include": ["shop_*"],
              "settings": { "address": "127.0.0.1:\#(collectd.port)", "prefix": "good" } }
            """#,
            #"""
            { "plugin": "StatsD", "name": "away", "interval": "100ms", "timeout": "500ms",
              "settings": { "transport": "unix_datagram", "address": "\#(directory.path("no"))" } }
            """#,
            #"""
            { "plugin": "StatsD", "name": "deaf", "interval": "100ms", "timeout": "500ms",
              "exclude": ["agent_*"],
              "settings": {
                "transport": "unix_stream", "address": "\#(directory.path("deaf"))",
                "protocol": "dogstatsd-1.1", "send": "updates", "tags": ["env:test"] } }
            """#,
        ])
        let connection = try Connection(unix: agent.streamSocket)
        for number in 1...20 {
            try connection.send(String(repeating: order("NL"), count: 1_000))
            let expected = Double(number * 1_000)
            try await waitUntil("the good instance to go on") {
                try collectd.values("derive")["good.shop_orders_total.NL"] == expected
            }
            let samples = try await agent.samples()
            #expect(samples[#"shop_orders_total{country="NL"}"#] == expected)
        }
        let samples = try await agent.samples()
        func exports(_ plugin: String, _ result: String) -> Double {
            samples["agent_exports_total{plugin=\"\(plugin)\",result=\"\(result)\"}"] ?? 0
        }
        #expect(exports("good", "ok") >= 20 && exports("good", "retry") == 0)
        #expect(exports("away", "ok") == 0 && exports("away", "retry") >= 1)
        let plugins = try await agent.client.get("/v1/plugins").text
        #expect(plugins.contains("No such file or directory"), "\(plugins)")
        agent.process.terminate()
        #expect(try await agent.process.wait() == .code(0))
        withExtendedLifetime(deaf) {}
    }
}
