import TestSupport
import Testing

/// The agent between programs that others wrote: clients that send, a server that scrapes.
struct RealWorldTests {
    private static let configuration = AgentConfigurationText(metrics: [
        #"""
        { "name": "influx_samples_total", "kind": "counter", "help": "Points.",
          "event": "influx_client.sample", "labels": ["device"] }
        """#,
        #"""
        { "name": "influx_ratio_total", "kind": "sum", "help": "Their ratios.",
          "event": "influx_client.sample", "measurement": "ratio" }
        """#,
        #"""
        { "name": "tool_seconds", "kind": "distribution", "help": "From tools.", "unit": "seconds",
          "event": "tool.done", "measurement": "duration", "measurement_unit": "nanosecond",
          "labels": ["tool"], "buckets": [0.001, 0.1, 1] }
        """#,
    ])

    @Test
    func `a real Prometheus sees what influxdb-client, curl and socat sent, to the last event`()
        async throws
    {
        let agent = try await RunningAgent(Self.configuration)
        let prometheus = try await PrometheusServer(scraping: agent.port)

        async let influx = PythonTool.influxSend.run(
            ["http://127.0.0.1:\(agent.port)", "400", "--token", "any"])
        async let curl = ChildProcess.run(
            "curl",
            [
                "--silent", "--fail-with-body", "--data-binary", "@-",
                "http://127.0.0.1:\(agent.port)/v1/events",
            ],
            input: lines(100) {
                #"{"event":"tool.done","measurements":{"duration":\#($0)},"metadata":{"tool":"curl"}}"#
            })
        async let stream = socat("UNIX-CONNECT:\(agent.streamSocket)", "stream", 1000)
        async let datagram = socat("UNIX-SENDTO:\(agent.datagramSocket)", "datagram", 20)
        async let udp = socat("UDP-SENDTO:127.0.0.1:\(try agent.udpPort)", "udp", 20)

        let sent = try await influx
        #expect(sent.output.contains("sent=400"), "\(sent.errors)")
        for outcome in try await [curl, stream, datagram, udp] {
            #expect(outcome.exit == .code(0), "\(outcome.errors)")
        }

        try await waitUntil("all events to be scraped") {
            try await value(prometheus, "sum(agent_events_total)") == 1540
        }
        #expect(try await value(prometheus, "sum(influx_samples_total)") == 400)
        #expect(try await value(prometheus, #"influx_samples_total{device="device-3"}"#) == 40)
        // The sum of i / 2 for i below 400.
        #expect(try await value(prometheus, "influx_ratio_total") == 39_900)
        for (tool, count) in ["curl": 100.0, "stream": 1000, "datagram": 20, "udp": 20] {
            let found = try await value(prometheus, #"tool_seconds_count{tool="\#(tool)"}"#)
            #expect(found == count, "\(tool)")
        }
        // The durations are 0, 1, 2… milliseconds, and a bound belongs to its bucket.
        #expect(
            try await value(prometheus, #"tool_seconds_bucket{tool="stream",le="0.1"}"#) == 101)
        #expect(try await value(prometheus, "sum(agent_events_rejected_total) or vector(0)") == 0)
        #expect(try await value(prometheus, "sum(agent_events_dropped_total) or vector(0)") == 0)
        #expect(try await prometheus.targets().map(\.health) == ["up"])
    }

    @Test func `promtool has nothing to say about the agent's own names`() async throws {
        let agent = try await RunningAgent(Self.configuration)
        let text = try await agent.client.get("/metrics").body
        let judged = try await ChildProcess.run("promtool", ["check", "metrics"], input: text)
        #expect(judged.exit == .code(0))
        #expect(judged.output + judged.errors == "")
    }

    @Test func `a body packed with gzip is taken, and one that unpacks to too much is not`()
        async throws
    {
        let agent = try await RunningAgent(Self.configuration)
        let good = try await gzip(#"printf 'tool.done,tool=gzip duration=5i\n'"#)
        let taken = try await post(agent, good)
        #expect(taken.status == 204, "\(taken.text)")

        let bomb = try await gzip("head -c 20000000 /dev/zero")
        #expect(bomb.count < 100_000)
        #expect(try await post(agent, bomb).status == 413)
        #expect(try await post(agent, Array("no gzip".utf8)).status == 400)
        #expect(try await agent.samples()[#"tool_seconds_count{tool="gzip"}"#] == 1)
    }

    private func post(_ agent: RunningAgent, _ body: [UInt8]) async throws -> HTTPResponse {
        try await agent.client.request(
            "POST", "/api/v2/write?precision=ns", headers: ["Content-Encoding": "gzip"], body: body)
    }

    private func gzip(_ command: String) async throws -> [UInt8] {
        try await ChildProcess.run("sh", ["-c", "\(command) | gzip -c"]).outputBytes
    }

    private func socat(
        _ address: String, _ tool: String, _ count: Int
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            "socat", ["-u", "STDIN", address],
            input: lines(count) { "tool.done,tool=\(tool) duration=\($0 * 1_000_000)i" })
    }

    private func lines(_ count: Int, _ line: (Int) -> String) -> [UInt8] {
        (0..<count).flatMap { Array((line($0) + "\n").utf8) }
    }

    private func value(_ prometheus: PrometheusServer, _ expression: String) async throws -> Double?
    {
        try await prometheus.query(expression).first?.value
    }
}
