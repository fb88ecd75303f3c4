import MetricRegistry
import Telemetry
import Testing

@testable import PluginHost

struct MetricAdaptationTests {
    private let declared = DeclaredMetric(
        name: "wait_seconds", kind: .distribution, help: "Waited.", unit: "seconds",
        measurementUnit: "duration",
        sources: [
            .init(event: ".job.stop", measurement: "wait", factor: 1, constants: ["scope": "site"]),
            .init(event: "other.stop", measurement: "wait", factor: 2, constants: [:]),
        ],
        labels: [
            .init(name: "site", key: "device.site", defaultValue: nil),
            .init(name: "scope", key: "scope", defaultValue: "all"),
        ],
        keep: [.init(key: "status", test: .equals(["ok"]), isNegated: false)],
        drop: [.init(key: "test", test: .exists, isNegated: true)], buckets: [1, 2],
        quantiles: [], maxSeries: 9, expireAfter: .seconds(5), isMeasurementOptional: true)

    private func adapt(
        _ adjustments: [String: MetricAdjustment] = [:], metricPrefix: String = "jobs",
        unit: String = "nanosecond"
    ) throws -> [MetricDefinition] {
        try MetricAdaptation(
            metricPrefix: metricPrefix, eventPrefix: "my_app", durationUnit: unit,
            adjustments: adjustments
        ).apply(to: [declared])
    }

    @Test func `a definition takes over everything declared, with prefixes`() throws {
        let definition = try #require(try adapt().first)
        #expect(
            definition
                == MetricDefinition(
                    name: try MetricName("jobs_wait_seconds"), kind: .distribution,
                    help: "Waited.", unit: "seconds", measurementUnit: "nanosecond",
                    sources: [
                        MetricSource(
                            event: "my_app.job.stop", measurement: "wait",
                            constants: ["scope": "site"]),
                        MetricSource(event: "other.stop", measurement: "wait", factor: 2),
                    ],
                    labels: [
                        LabelMapping(name: try LabelName("site"), key: "device.site"),
                        LabelMapping(
                            name: try LabelName("scope"), key: "scope", defaultValue: "all"),
                    ],
                    keep: [MetadataCondition(key: "status", test: .equals(["ok"]))],
                    drop: [MetadataCondition(key: "test", test: .exists, isNegated: true)],
                    buckets: [1, 2], maximumSeries: 9, expireAfter: .seconds(5),
                    isMeasurementOptional: true))
    }

    @Test func `an empty metric prefix leaves names as they are`() throws {
        #expect(try adapt(metricPrefix: "").first?.name.description == "wait_seconds")
    }

    @Test func `the unit duration is the instance's, any other stays`() throws {
        #expect(try adapt(unit: "millisecond").first?.measurementUnit == "millisecond")
    }

    @Test func `the configuration's changes win`() throws {
        let change = MetricAdjustment(
            buckets: [5, 6, 7], dropLabels: ["scope"], maxSeries: 3, expireAfter: .seconds(60))
        let definition = try #require(try adapt(["wait_seconds": change]).first)
        #expect(definition.buckets == [5, 6, 7])
        #expect(definition.labels.map(\.name.description) == ["site"])
        #expect(definition.sources.map(\.constants) == [[:], [:]])
        #expect(definition.maximumSeries == 3)
        #expect(definition.expireAfter == .seconds(60))
    }

    @Test(
        arguments: [
            ("1s", [:], "nanosecond", 1e9), ("1s", [:], "millisecond", 1_000),
            ("250ms", [:], "second", 0.25), ("4.5", [:], "millisecond", 4.5),
            ("1s", ["slow": "20us"], "nanosecond", 20_000), ("1s", ["slow": "7"], "nanosecond", 7),
            ("1s", ["other": "20us"], "microsecond", 1e6),
        ] as [(String, [String: String], String, Double)])
    func `a limit is a number or a duration, and the setting's where there is one`(
        limit: String, settings: [String: String], unit: String, expected: Double
    ) throws {
        var metric = declared
        metric.keep = [.init(key: "wait", test: .above(limit, setting: "slow"), isNegated: false)]
        let adaptation = MetricAdaptation(
            metricPrefix: "", eventPrefix: "a", durationUnit: unit, settings: settings)
        #expect(
            try adaptation.apply(to: [metric]).first?.keep
                == [MetadataCondition(key: "wait", test: .above(expected))])
    }

    @Test(arguments: ["", "fast", "1 s", "s", "inf", "99999999999999d", "-1s"])
    func `a limit that is none is refused`(limit: String) {
        var metric = declared
        metric.keep = [.init(key: "wait", test: .above(limit, setting: nil), isNegated: false)]
        #expect {
            try MetricAdaptation(metricPrefix: "", eventPrefix: "a").apply(to: [metric])
        } throws: { "\($0)".contains("a duration such as") }
    }

    @Test func `a dropped metric is gone`() throws {
        #expect(try adapt(["wait_seconds": MetricAdjustment(drop: true)]).isEmpty)
    }

    static let mistakes: [(name: String, change: MetricAdjustment, says: String)] = [
        ("wait_second", MetricAdjustment(drop: true), "it declares wait_seconds"),
        ("wait_seconds", MetricAdjustment(dropLabels: ["sites"]), "has the labels site, scope"),
    ]

    @Test(arguments: mistakes)
    func `a change of what is not there is refused`(
        name: String, change: MetricAdjustment, says: String
    ) {
        #expect { try adapt([name: change]) } throws: { "\($0)".contains(says) }
    }

    @Test func `names that are none are refused`() {
        #expect { try adapt(metricPrefix: "9") } throws: { "\($0)".contains("metric name") }
        #expect {
            try MetricAdaptation(metricPrefix: "", eventPrefix: "a b").apply(to: [declared])
        } throws: { "\($0)".contains("event name") }
    }
}
