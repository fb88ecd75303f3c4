import MetricRegistry
import Telemetry
import Testing

/// From metadata to labels: mapping, text, and which values are the same series.
struct LabelTests {
    struct Text: Sendable, CustomTestStringConvertible {
        let value: String
        let rendered: String
        var testDescription: String { rendered }
        init(_ value: String, _ rendered: String) {
            self.value = value
            self.rendered = rendered
        }
    }

    @Test(arguments: [
        Text("plain", "plain"), Text("", ""), Text("a\"b", "a\\\"b"), Text("a\\b", "a\\\\b"),
        Text("a\nb", "a\\nb"), Text("\\n", "\\\\n"), Text("\"\\\n", "\\\"\\\\\\n"),
        Text("größe 日本 🙂", "größe 日本 🙂"), Text("é\"", "é\\\""),
        Text("a,b=\"c\"}", "a,b=\\\"c\\\"}"),
        Text("a\tb\r", "a\tb\r"), Text("\u{0}", "\u{0}"),
        Text(String(repeating: "x", count: 4096), String(repeating: "x", count: 4096)),
    ])
    func `a value is escaped in the text and comes back as it was`(_ row: Text) throws {
        let fixture = try RegistryFixture(
            .of(.counter, "c_total", labels: ["before", "x", "after"]))
        let event = PreparedEvent(
            fixture.bus, "t.event", measurements: [], metadata: ["after", "before", "x"])
        for _ in 0..<2 {
            fixture.bus.execute(
                "t.event", [:], ["before": "b", "x": .string(row.value), "after": "é\\"])
            event.emit([], ["é\\", "b", row.value])
        }
        let samples = try fixture.read("c_total")
        let text = "before=\"b\",x=\"\(row.rendered)\",after=\"é\\\\\""
        #expect(samples.keys.map { $0 } == [text])
        #expect(samples[text]?.value == .integer(4, exponent: 0))
        #expect(samples[text]?.pairs == [["before", "b"], ["x", row.value], ["after", "é\\"]])
    }

    @Test func `where one value ends and the next begins makes another series`() throws {
        let fixture = try RegistryFixture(.of(.counter, "c_total", labels: ["x", "y"]))
        let pairs = [
            ("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""), ("", ""), ("a\",y=\"b", "c"),
            ("a", "b\",y=\"c"), ("\"", ""), ("", "\""), ("\\", "\""), ("\\\"", ""),
        ]
        for _ in 0..<3 {
            for (x, y) in pairs {
                fixture.bus.execute("t.event", [:], ["x": .string(x), "y": .string(y)])
            }
        }
        let samples = try fixture.read("c_total")
        #expect(samples.count == pairs.count)
        #expect(samples.values.allSatisfy { $0.value == .integer(3, exponent: 0) })
        #expect(Set(samples.values.map { $0.pairs.map { $0[1] } }) == Set(pairs.map { [$0, $1] }))
    }

    @Test func `labels come from metadata under another name, from a path, or from a default`()
        throws
    {
        let fixture = try RegistryFixture(
            .of(.counter, "c_total") {
                $0.labels = [
                    LabelMapping(name: try LabelName("site"), key: "device.site"),
                    LabelMapping(name: try LabelName("status"), key: "s", defaultValue: "none"),
                ]
            })
        fixture.bus.execute("t.event", [:], ["device": ["site": "chi"], "s": 200])
        fixture.bus.execute("t.event", [:], ["device": ["site": "chi"]])
        fixture.bus.execute("t.event", [:], ["device": ["site": true], "s": nil])
        fixture.bus.execute("t.event", [:], ["device": ["site": "chi"], "s": ""])
        #expect(
            Set(try fixture.read("c_total").keys) == [
                "site=\"chi\",status=\"200\"", "site=\"chi\",status=\"none\"",
                "site=\"true\",status=\"none\"", "site=\"chi\",status=\"\"",
            ])
    }

    @Test func `a missing label skips the update and is counted for each metric`() throws {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            [
                .of(.counter, "a_total", labels: ["site"]),
                .of(.counter, "b_total", labels: ["site"]),
                .of(.counter, "c_total"),
            ], owner: "test")
        fixture.bus.execute("t.event")
        fixture.bus.execute("t.event", [:], ["site": nil])
        fixture.bus.execute("t.event", [:], ["site": ["deep": 1]])
        for name in ["a_total", "b_total"] {
            #expect(try fixture.skipped(name, .missingLabel) == 3)
            #expect(try fixture.read(name).isEmpty)
        }
        #expect(try fixture.value("c_total") == .integer(3, exponent: 0))
    }

    @Test func `a value beyond 4096 bytes skips the update`() throws {
        let fixture = try RegistryFixture(.of(.counter, "c_total", labels: ["site"]))
        fixture.bus.execute("t.event", [:], ["site": .string(String(repeating: "x", count: 4097))])
        #expect(try fixture.skipped("c_total", .labelTooLong) == 1)
        #expect(try fixture.read("c_total").isEmpty)
    }

    @Test func `constants of a source stand in place of metadata, also twice for one event`() throws
    {
        let fixture = try RegistryFixture(
            .of(.lastValue, "active", labels: ["scope", "site"]) {
                $0.sources = [
                    MetricSource(
                        event: "t.event", measurement: "all",
                        constants: ["scope": "global", "site": ""]),
                    MetricSource(
                        event: "t.event", measurement: "here", constants: ["scope": "site"]),
                ]
            })
        fixture.bus.execute("t.event", ["all": 7, "here": 3], ["site": "chi", "scope": "ignored"])
        #expect(
            try fixture.read("active").mapValues(\.value) == [
                "scope=\"global\",site=\"\"": .integer(7, exponent: 0),
                "scope=\"site\",site=\"chi\"": .integer(3, exponent: 0),
            ])
    }

    @Test func `metrics of one event with different labels do not mix`() throws {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            [
                .of(.counter, "a_total", labels: ["x", "y"]),
                .of(.counter, "b_total", labels: ["y", "x"]),
                .of(.counter, "c_total"),
            ], owner: "test")
        fixture.bus.execute("t.event", [:], ["x": 1, "y": 2])
        #expect(try fixture.read("a_total").keys.first == "x=\"1\",y=\"2\"")
        #expect(try fixture.read("b_total").keys.first == "y=\"2\",x=\"1\"")
        #expect(try fixture.read("c_total").keys.first == "")
    }
}
