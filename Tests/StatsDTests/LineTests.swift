import CAgentPlugin
import PluginTestSupport
import TestSupport
import Testing

/// What stands in the lines of a first export, when everything is new.
struct LineTests {
    private let directory: TemporaryDirectory
    private let receiver: Receiver

    init() throws {
        directory = try TemporaryDirectory()
        receiver = try Receiver(.unixDatagram, in: directory)
    }

    private func lines(_ families: [FakeSnapshot.Family], _ settings: String = "") throws
        -> [String]
    {
        let answer = try LoadedPlugin(to: receiver, settings).export(FakeSnapshot(families))
        #expect(answer.status == AGENT_OK && answer.result.outcome == AGENT_EXPORT_OK, "\(answer)")
        return receiver.lines
    }

    private let dogStatsD = #""protocol": "dogstatsd-1.0""#

    @Test func `numbers are written exactly, and the shortest way`() throws {
        let rows: [(agent_value, String)] = [
            (agent_i64(0), "0"), (agent_i64(9_007_199_254_740_993), "9007199254740993"),
            (agent_i64(.max), "9223372036854775807"), (exact(1_500, -3), "1.5"),
            (exact(123_456_789_012_345_678, -9), "123456789.012345678"),
            (exact(5, 3), "5000"), (agent_f64(0.1), "0.1"), (agent_f64(-0.0), "0"),
            (agent_f64(0.1 + 0.2), "0.30000000000000004"), (agent_f64(1e300), "1e+300"),
            (agent_f64(.leastNonzeroMagnitude), "5e-324"), (agent_f64(1 / 3), "0.3333333333333333"),
        ]
        for (value, text) in rows {
            #expect(try lines([.gauge("g", value)]) == ["g:\(text)|g"])
        }
    }

    @Test func `a negative gauge is absolute: it comes behind a zero in the same packet`() throws {
        // A Unix socket would hold but ten packets.
        let receiver = try Receiver(.udp)
        let plugin = try LoadedPlugin(to: receiver, #""packet_bytes": 64"#)
        let gauges = (0..<40).map { FakeSnapshot.Family.gauge("gauge_\($0)", agent_i64(-5)) }
        #expect(plugin.export(FakeSnapshot(gauges)).result.outcome == AGENT_EXPORT_OK)
        let packets = receiver.packets()
        #expect(packets.count > 10)
        for packet in packets {
            let lines = packet.split(separator: "\n")
            #expect(packet.utf8.count <= 64 && lines.count.isMultiple(of: 2))
            for index in stride(from: 0, to: lines.count, by: 2) {
                let name = lines[index].split(separator: ":")[0]
                #expect(lines[index] == "\(name):0|g" && lines[index + 1] == "\(name):-5|g")
            }
        }
    }

    @Test func `what is no number is not sent`() throws {
        for value in [agent_f64(.nan), agent_f64(.infinity), agent_f64(-.infinity), agent_value()] {
            let counter = FakeSnapshot.Family.counter("c", [.init(id: 1, value: value)])
            #expect(try lines([.gauge("g", value), counter]) == [])
        }
    }

    @Test func `labels are tags, segments, pairs or nothing, as set`() throws {
        let family = FakeSnapshot.Family(
            kind: AGENT_METRIC_COUNTER, name: "runs_total", labelNames: ["site", "path"],
            series: [.init(id: 1, labels: #"site="chi.1",path="a/b""#, value: agent_i64(3))])
        let rows = [
            "": "runs_total.chi_1.a_b:3|c",
            #""labels": "values""#: "runs_total.chi_1.a_b:3|c",
            #""labels": "pairs", "prefix": "my.app""#: "my.app.runs_total.site.chi_1.path.a_b:3|c",
            #""labels": "drop", "prefix": "x.""#: "x.runs_total:3|c",
            dogStatsD: "runs_total:3|c|#site:chi.1,path:a/b",
            dogStatsD + #", "tags": ["env:prod", "beta"]"#:
                "runs_total:3|c|#env:prod,beta,site:chi.1,path:a/b",
            dogStatsD + #", "labels": "drop", "tags": ["env:prod"]"#: "runs_total:3|c|#env:prod",
            dogStatsD + #", "labels": "values""#: "runs_total.chi_1.a_b:3|c",
            #""protocol": "dogstatsd-1.2", "container_id": "abc1""#:
                "runs_total:3|c|#site:chi.1,path:a/b|c:abc1",
            #""protocol": "dogstatsd-1.3", "timestamps": true"#:
                "runs_total:3|c|#site:chi.1,path:a/b|T1700000000",
        ]
        for (settings, line) in rows { #expect(try lines([family], settings) == [line]) }
    }

    @Test func `no label can end a line or begin a field`() throws {
        let rows: [(label: String, tag: String, segment: String)] = [
            (#"a:b|c#d,e@f"#, "a_b_c_d_e_f", "a_b_c_d_e_f"),
            (#"x\ny:1|c"#, "x_y_1_c", "x_y_1_c"),
            (#"back\\slash"#, #"back\slash"#, "back_slash"),
            (#"\"quoted\""#, #""quoted""#, "_quoted_"),
            ("tab\tnul\u{0}del\u{7f} ", "tab_nul_del__", "tab_nul_del__"),
            ("Zürich", "Zürich", "Z_rich"),
            ("nel\u{85}csi\u{9b}", "nel_csi_", "nel_csi_"),
            ("line\u{2028}paragraph\u{2029}", "line_paragraph_", "line_paragraph_"),
            ("💥,", "💥_", "__"),
            ("", "", "_"),
        ]
        for row in rows {
            let family = FakeSnapshot.Family.counter(
                "c", [.init(id: 1, labels: "site=\"\(row.label)\"", value: agent_i64(1))])
            let tag = row.tag.isEmpty ? "" : "|#site:\(row.tag)"
            #expect(try lines([family], dogStatsD) == ["c:1|c\(tag)"])
            #expect(try lines([family]) == ["c.\(row.segment):1|c"])
        }
    }

    @Test func `a colon in a metric's name is not one in its lines`() throws {
        #expect(try lines([.gauge("job:rate:5m", agent_i64(1))]) == ["job_rate_5m:1|g"])
    }

    @Test func `a distribution is a count and a sum, and buckets where they are wanted`() throws {
        let family = FakeSnapshot.Family(
            kind: AGENT_METRIC_DISTRIBUTION, name: "d_seconds", unit: "seconds",
            bounds: ["0.5", "1"],
            series: [.init(id: 1, sum: exact(2_250, -3), count: 4, buckets: [2, 1, 1])])
        #expect(try lines([family]) == ["d_seconds.count:4|c", "d_seconds.sum:2.25|c"])
        #expect(
            try lines([family], #""buckets": true"#).dropFirst(2) == [
                "d_seconds.bucket.0_5:2|c", "d_seconds.bucket.1:3|c", "d_seconds.bucket.inf:4|c",
            ])
        #expect(
            try lines([family], #""buckets": true, "# + dogStatsD).dropFirst(2) == [
                "d_seconds.bucket:2|c|#le:0.5", "d_seconds.bucket:3|c|#le:1",
                "d_seconds.bucket:4|c|#le:inf",
            ])
    }

    @Test func `a summary is a count, a sum, and its quantiles as gauges`() throws {
        let family = FakeSnapshot.Family(
            kind: AGENT_METRIC_SUMMARY, name: "s", quantiles: ["0.5", "0.99"],
            series: [
                .init(id: 1, sum: agent_i64(6), count: 3, quantiles: [2, 3]),
                .init(id: 2, labels: #"site="b""#, sum: agent_i64(0), quantiles: [.nan, .nan]),
            ])
        #expect(
            try lines([family]) == [
                "s.count:3|c", "s.sum:6|c", "s.quantile.0_5:2|g", "s.quantile.0_99:3|g",
            ])
        #expect(
            try lines([family], dogStatsD).suffix(2) == [
                "s.quantile:2|g|#quantile:0.5", "s.quantile:3|g|#quantile:0.99",
            ])
        #expect(try lines([family], #""quantiles": false"#) == ["s.count:3|c", "s.sum:6|c"])
    }

    @Test func `types are chosen by metric name, the first pattern that fits`() throws {
        let counter = FakeSnapshot.Family.counter("runs_total", [.init(id: 1, value: agent_i64(3))])
        let active = FakeSnapshot.Family(
            kind: AGENT_METRIC_UP_DOWN_COUNTER, name: "runs_active",
            series: [.init(id: 2, value: agent_i64(-2), start: 0)])
        let rows = [
            #""types": {"runs_total": "g"}"#: [
                "runs_active:0|g", "runs_active:-2|g", "runs_total:3|g",
            ],
            #""types": {"*_active": "c"}"#: ["runs_active:-2|c", "runs_total:3|c"],
            #""types": {"run*_a*e": "c", "*": "g"}"#: ["runs_active:-2|c", "runs_total:3|g"],
        ]
        for (settings, expected) in rows {
            #expect(try lines([active, counter], settings) == expected)
        }
    }

    @Test func `without labels, counters and up-down counters add up; other gauges stay out`()
        throws
    {
        func family(_ kind: UInt32, _ name: String) -> FakeSnapshot.Family {
            .init(
                kind: kind, name: name, labelNames: ["site"],
                series: [
                    .init(id: 1, labels: #"site="a""#, value: agent_i64(5)),
                    .init(id: 2, labels: #"site="b""#, value: agent_i64(-7)),
                ])
        }
        var counter = family(AGENT_METRIC_COUNTER, "c")
        counter.series[1].value = agent_i64(2)
        let families = [
            counter, family(AGENT_METRIC_UP_DOWN_COUNTER, "u"),
            family(AGENT_METRIC_LAST_VALUE, "l"),
        ]
        #expect(
            try lines(families, #""labels": "drop""#) == ["c:5|c", "c:2|c", "u:0|g", "u:-2|g"])
    }
}
