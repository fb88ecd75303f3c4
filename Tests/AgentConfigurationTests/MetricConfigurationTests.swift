import Testing

@testable import AgentConfiguration

struct MetricConfigurationTests {
    private func metric(_ members: String) throws -> MetricConfiguration {
        let text = #"{"metrics": [{"name": "m", "help": "h", \#(members)}]}"#
        return try #require(try configuration(text).metrics.first).value
    }

    @Test func `one event and its measurement are one source`() throws {
        let metric = try metric(
            #""kind": "last_value", "event": "a.b", "measurement": "c", "unit": "seconds", "measurement_unit": "millisecond", "expire_after": "5m", "optional": true"#
        )
        #expect(metric.kind == .lastValue)
        #expect(
            metric.sources == [
                MetricConfiguration.Source(event: "a.b", measurement: "c", factor: 1, labels: [:])
            ]
        )
        #expect(metric.measurementUnit == .millisecond)
        #expect(metric.expireAfter == .seconds(300))
        #expect(metric.isOptional)
    }

    @Test func `events may each say more`() throws {
        let metric = try metric(
            #""kind": "up_down_counter", "measurement": "n", "events": ["a", {"event": "b", "factor": -1, "measurement": "x", "labels": {"scope": "site"}}]"#
        )
        #expect(
            metric.sources == [
                MetricConfiguration.Source(event: "a", measurement: "n", factor: 1, labels: [:]),
                MetricConfiguration.Source(
                    event: "b", measurement: "x", factor: -1, labels: ["scope": "site"]),
            ])
    }

    @Test(arguments: [
        (#"["a", "b"]"#, ["a<a", "b<b"]),
        (#"{"b": "x.y", "a": {"key": "z", "default": "-"}, "c": {}}"#, ["b<x.y", "a<z|-", "c<c"]),
        ("[]", []),
    ])
    func `labels are keys, or an object in its order`(text: String, labels: [String]) throws {
        let metric = try metric(#""kind": "counter", "event": "e", "labels": \#(text)"#)
        #expect(
            metric.labels.map { label in
                "\(label.name)<\(label.key)" + (label.defaultValue.map { "|\($0)" } ?? "")
            } == labels)
    }

    @Test func `conditions read as they are written`() throws {
        let metric = try metric(
            """
            "kind": "counter", "event": "e",
            "keep": {"a": 1, "b": ["x", true, 2.5], "c": {"exists": false}, "d.e": {"prefix": "p"}},
            "drop": {"f": {"not": "y"}, "g": {"not": ["z", 0]}}
            """)
        #expect(
            metric.keep == [
                MetricConfiguration.Condition(key: "a", test: .equals([.integer(1)])),
                MetricConfiguration.Condition(
                    key: "b", test: .equals([.string("x"), .bool(true), .number(2.5)])),
                MetricConfiguration.Condition(key: "c", test: .exists(false)),
                MetricConfiguration.Condition(key: "d.e", test: .prefix("p")),
            ])
        #expect(
            metric.drop == [
                MetricConfiguration.Condition(key: "f", test: .differs([.string("y")])),
                MetricConfiguration.Condition(
                    key: "g", test: .differs([.string("z"), .integer(0)])),
            ])
    }

    @Test func `a metric knows its place`() throws {
        let configuration = try configuration(
            #"{"metrics": [{"name": "m", "kind": "counter", "help": "h", "event": "e"}]}"#)
        let error = try #require(configuration.metrics.first).location.error("it clashes")
        #expect(error.description == "agent.json:1:14: metrics[0]: it clashes")
    }

    @Test func `a name defined twice is refused`() {
        let metric = #"{"name": "m", "kind": "counter", "help": "h", "event": "e"}"#
        #expect(
            sentences(#"{"metrics": [\#(metric), \#(metric)]}"#) == [
                #"agent.json:1:75: metrics[1]: the metric "m" is defined by metrics[0] already"#
            ])
    }

    @Test(arguments: [
        (#""kind": "summary", "event": "e", "measurement": "m", "quantiles": [0.5, 1.5]"#, 1),
        (#""kind": "counter", "event": "e", "labels": {"a": 1}"#, 1),
        (#""kind": "counter", "event": "e", "keep": {"a": null, "b": {}}"#, 2),
        (#""kind": "counter", "event": "e", "events": ["f"]"#, 1),
        (#""kind": "counter", "events": []"#, 1),
        (#""kind": "counter", "event": "e", "labels": ["a", "a"]"#, 1),
        (#""kind": "distribution", "events": [{"event": "e", "measurement": "m"}, "f"]"#, 1),
        (#""kind": "distribution", "event": "e", "measurement": "m", "buckets": []"#, 1),
        (#""event": "e""#, 1),
    ])
    func `what does not go together is refused`(members: String, count: Int) {
        let text = #"{"metrics": [{"name": "m", "help": "h", \#(members)}]}"#
        #expect(sentences(text).count == count)
    }
}
