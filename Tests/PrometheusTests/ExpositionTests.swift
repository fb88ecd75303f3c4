import CAgentPlugin
import PluginTestSupport
import Testing

struct ExpositionTests {
    @Test func `text 0.0.4 is written as the golden text says`() throws {
        let answer = try LoadedPlugin().answer(everyKind())
        #expect(answer.result == AGENT_OK)
        #expect(answer.text == goldenText)
        #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    }

    @Test func `OpenMetrics is written as the golden text says`() throws {
        let answer = try LoadedPlugin().answer(everyKind(), accept: "application/openmetrics-text")
        #expect(answer.result == AGENT_OK)
        #expect(answer.text == goldenOpenMetrics)
        #expect(
            answer.headers["Content-Type"]
                == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    }

    @Test func `without created, OpenMetrics does not tell when series began`() throws {
        let plugin = try LoadedPlugin(settings: #"{"created": false}"#)
        let answer = plugin.answer(everyKind(), accept: "application/openmetrics-text")
        let lines = goldenOpenMetrics.split(separator: "\n").filter { !$0.contains("_created") }
        #expect(answer.text == lines.joined(separator: "\n") + "\n")
    }

    @Test func `an empty snapshot is an empty text and a bare end`() throws {
        let plugin = try LoadedPlugin()
        #expect(plugin.answer(FakeSnapshot([])).text == "")
        let open = plugin.answer(FakeSnapshot([]), accept: "application/openmetrics-text")
        #expect(open.text == "# EOF\n")
    }

    @Test func `bounds in OpenMetrics have their canonical form`() throws {
        let rows = [
            "0.005": "0.005", "1": "1.0", "100": "100.0", "100000": "100000.0",
            "1000000": "1e+06", "1048576": "1.048576e+06", "25000000000": "2.5e+10",
            "1e-05": "1e-05",
        ]
        for (bound, expected) in rows {
            let family = FakeSnapshot.Family(
                kind: AGENT_METRIC_DISTRIBUTION, name: "d", bounds: [bound],
                series: [.init(sum: agent_i64(0), buckets: [0, 0])])
            let text = try LoadedPlugin().answer(
                FakeSnapshot([family]), accept: "application/openmetrics-text"
            ).text
            #expect(text.contains("d_bucket{le=\"\(expected)\"} 0\n"), "\(bound)")
        }
    }

    @Test func `OpenMetrics has no sum over buckets below zero`() throws {
        let family = FakeSnapshot.Family(
            kind: AGENT_METRIC_DISTRIBUTION, name: "d", bounds: ["-1"],
            series: [.init(sum: agent_i64(-3), count: 2, buckets: [1, 1])])
        let plugin = try LoadedPlugin()
        let open = plugin.answer(FakeSnapshot([family]), accept: "application/openmetrics-text")
        #expect(!open.text.contains("d_sum") && !open.text.contains("d_count"))
        #expect(plugin.answer(FakeSnapshot([family])).text.contains("d_sum -3\nd_count 2\n"))
    }

    @Test func `OpenMetrics has no sum of a series in which something below zero was observed`()
        throws
    {
        let plugin = try LoadedPlugin()
        let open = plugin.answer(negativeKinds(), accept: "application/openmetrics-text").text
        #expect(open.contains("d_sum{below=\"0\"} 3\nd_count{below=\"0\"} 2\n"))
        #expect(!open.contains("d_sum{below=\"1\"}") && !open.contains("d_count{below=\"1\"}"))
        #expect(open.contains("q_sum{below=\"0\"} 3\nq_count{below=\"0\"} 2\n"))
        #expect(!open.contains("q_sum{below=\"1\"}") && open.contains("q_count{below=\"1\"} 2\n"))
        // Strict readers refuse a quantile below zero.
        #expect(!open.contains("} -0.5") && open.contains("q{below=\"1\",quantile=\"0.9\"} 1\n"))

        let text = plugin.answer(negativeKinds()).text
        #expect(text.contains("d_sum{below=\"1\"} 3\n") && text.contains("q_sum{below=\"1\"} 3\n"))
        #expect(text.contains("q{below=\"1\",quantile=\"0.1\"} -0.5\n"))
    }
}

private func negativeKinds() -> FakeSnapshot {
    func series(_ negatives: Int64) -> FakeSnapshot.Series {
        .init(
            labels: "below=\"\(negatives)\"", value: agent_i64(negatives), sum: agent_i64(3),
            count: 2,
            buckets: [1, 1], quantiles: [negatives > 0 ? -0.5 : 0.5, 1])
    }
    return FakeSnapshot([
        .init(
            kind: AGENT_METRIC_DISTRIBUTION, name: "d", bounds: ["1"],
            series: [series(0), series(1)]),
        .init(
            kind: AGENT_METRIC_SUMMARY, name: "q", quantiles: ["0.1", "0.9"],
            series: [series(0), series(1)]),
    ])
}

private func everyKind() -> FakeSnapshot {
    let start: Int64 = 1_700_000_000_250_000_000
    func exact(_ number: Int64, _ exponent: Int32) -> agent_value {
        var value = agent_i64(number)
        value.exponent10 = exponent
        return value
    }
    let sites = ["chi1", "ber2", "nyc3", "ams4"].map { site in
        FakeSnapshot.Series(
            labels: "site=\"\(site)\",protocol=\"ssh\"", value: agent_i64(7), start: start)
    }
    return FakeSnapshot([
        .init(
            kind: AGENT_METRIC_SUM, name: "chunk_bytes_total", help: "Output.", unit: "bytes",
            series: [.init(labels: "a=\"\\\"\\n\"", value: exact(12_345, -3), start: start)]),
        .init(
            kind: AGENT_METRIC_UP_DOWN_COUNTER, name: "active",
            series: [.init(value: agent_i64(-2))]),
        .init(kind: AGENT_METRIC_LAST_VALUE, name: "nothing_yet", help: "Has no series."),
        .init(
            kind: AGENT_METRIC_LAST_VALUE, name: "ratio", help: "A \"share\",\nof C:\\.",
            unit: "ratio",
            series: [
                .init(labels: "of=\"a\"", value: agent_f64(0.1)),
                .init(labels: "of=\"b\"", value: agent_f64(.nan)),
                .init(labels: "of=\"c\"", value: agent_f64(-.infinity)),
                .init(labels: "of=\"d\"", value: agent_f64(1e16)),
            ]),
        .init(
            kind: AGENT_METRIC_DISTRIBUTION, name: "run_duration_seconds", help: "Time.",
            unit: "seconds", bounds: ["0.005", "1"],
            series: [
                .init(
                    labels: "site=\"chi1\"", sum: exact(1_500_000_000, -9), count: 6,
                    buckets: [1, 2, 3], start: start),
                .init(sum: agent_i64(0), count: 0, buckets: [0, 0, 0], start: start),
            ]),
        .init(
            kind: AGENT_METRIC_COUNTER, name: "starts_total", help: "Starts.", series: sites),
        .init(
            kind: AGENT_METRIC_SUMMARY, name: "wait_seconds", unit: "seconds",
            quantiles: ["0.5", "1"],
            series: [
                .init(
                    labels: "protocol=\"ssh\"", sum: exact(25, -1), count: 4,
                    quantiles: [0.5, .nan],
                    start: start)
            ]),
    ])
}

private let goldenText = """
    # HELP chunk_bytes_total Output.
    # TYPE chunk_bytes_total counter
    chunk_bytes_total{a="\\"\\n"} 12.345
    # TYPE active gauge
    active -2
    # HELP ratio A "share",\\nof C:\\\\.
    # TYPE ratio gauge
    ratio{of="a"} 0.1
    ratio{of="b"} NaN
    ratio{of="c"} -Inf
    ratio{of="d"} 1e+16
    # HELP run_duration_seconds Time.
    # TYPE run_duration_seconds histogram
    run_duration_seconds_bucket{site="chi1",le="0.005"} 1
    run_duration_seconds_bucket{site="chi1",le="1"} 3
    run_duration_seconds_bucket{site="chi1",le="+Inf"} 6
    run_duration_seconds_sum{site="chi1"} 1.5
    run_duration_seconds_count{site="chi1"} 6
    run_duration_seconds_bucket{le="0.005"} 0
    run_duration_seconds_bucket{le="1"} 0
    run_duration_seconds_bucket{le="+Inf"} 0
    run_duration_seconds_sum 0
    run_duration_seconds_count 0
    # HELP starts_total Starts.
    # TYPE starts_total counter
    starts_total{site="chi1",protocol="ssh"} 7
    starts_total{site="ber2",protocol="ssh"} 7
    starts_total{site="nyc3",protocol="ssh"} 7
    starts_total{site="ams4",protocol="ssh"} 7
    # TYPE wait_seconds summary
    wait_seconds{protocol="ssh",quantile="0.5"} 0.5
    wait_seconds{protocol="ssh",quantile="1"} NaN
    wait_seconds_sum{protocol="ssh"} 2.5
    wait_seconds_count{protocol="ssh"} 4

    """

private let goldenOpenMetrics = """
    # TYPE chunk_bytes counter
    # UNIT chunk_bytes bytes
    # HELP chunk_bytes Output.
    chunk_bytes_total{a="\\"\\n"} 12.345
    chunk_bytes_created{a="\\"\\n"} 1700000000.25
    # TYPE active gauge
    active -2
    # TYPE ratio gauge
    # HELP ratio A \\"share\\",\\nof C:\\\\.
    ratio{of="a"} 0.1
    ratio{of="b"} NaN
    ratio{of="c"} -Inf
    ratio{of="d"} 1e+16
    # TYPE run_duration_seconds histogram
    # UNIT run_duration_seconds seconds
    # HELP run_duration_seconds Time.
    run_duration_seconds_bucket{site="chi1",le="0.005"} 1
    run_duration_seconds_bucket{site="chi1",le="1.0"} 3
    run_duration_seconds_bucket{site="chi1",le="+Inf"} 6
    run_duration_seconds_sum{site="chi1"} 1.5
    run_duration_seconds_count{site="chi1"} 6
    run_duration_seconds_created{site="chi1"} 1700000000.25
    run_duration_seconds_bucket{le="0.005"} 0
    run_duration_seconds_bucket{le="1.0"} 0
    run_duration_seconds_bucket{le="+Inf"} 0
    run_duration_seconds_sum 0
    run_duration_seconds_count 0
    run_duration_seconds_created 1700000000.25
    # TYPE starts counter
    # HELP starts Starts.
    starts_total{site="chi1",protocol="ssh"} 7
    starts_created{site="chi1",protocol="ssh"} 1700000000.25
    starts_total{site="ber2",protocol="ssh"} 7
    starts_created{site="ber2",protocol="ssh"} 1700000000.25
    starts_total{site="nyc3",protocol="ssh"} 7
    starts_created{site="nyc3",protocol="ssh"} 1700000000.25
    starts_total{site="ams4",protocol="ssh"} 7
    starts_created{site="ams4",protocol="ssh"} 1700000000.25
    # TYPE wait_seconds summary
    # UNIT wait_seconds seconds
    wait_seconds{protocol="ssh",quantile="0.5"} 0.5
    wait_seconds{protocol="ssh",quantile="1.0"} NaN
    wait_seconds_sum{protocol="ssh"} 2.5
    wait_seconds_count{protocol="ssh"} 4
    wait_seconds_created{protocol="ssh"} 1700000000.25
    # EOF

    """
