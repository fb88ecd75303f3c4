import MetricRegistry
import Telemetry
import Testing

struct MetricDefinitionCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let definition: MetricDefinition
        let says: String?
        var testDescription: String { "\(definition.kind.rawValue) \(definition.name)" }

        init(
            _ kind: MetricKind, _ name: String, _ says: String?, measurement: String? = "n",
            _ change: (inout MetricDefinition) -> Void = { _ in }
        ) throws {
            definition = try .of(kind, name, measurement: measurement) {
                if kind == .distribution { $0.buckets = [1] }
                if kind == .summary { $0.quantiles = [0.5] }
                change(&$0)
            }
            self.says = says
        }
    }

    private static func rows() throws -> [Row] {
        let x = LabelMapping(name: try LabelName("x"), key: "x")
        let many = try (0..<33).map { LabelMapping(name: try LabelName("l\($0)"), key: "k") }
        return try [
            Row(.counter, "a_total", nil, measurement: nil),
            Row(.counter, "a", "only ever grows, so its name must end in \"_total\""),
            Row(.sum, "a", "only ever grows, so its name must end in \"_total\""),
            Row(.lastValue, "a_total", reserved("_total")),
            Row(.lastValue, "a_count", reserved("_count")),
            Row(.upDownCounter, "a_sum", reserved("_sum")),
            Row(.distribution, "a_bucket", reserved("_bucket")),
            Row(.summary, "a_created", reserved("_created")),
            Row(.lastValue, "a_seconds", nil) { $0.unit = "seconds" },
            Row(.sum, "a_seconds_total", nil) { $0.unit = "seconds" },
            Row(.lastValue, "seconds", nil) { $0.unit = "seconds" },
            Row(
                .lastValue, "a_milliseconds",
                "has the unit \"seconds\", so its name must end in \"_seconds\" (before \"_total\", if it has that)"
            ) { $0.unit = "seconds" },
            Row(
                .lastValue, "a_minutes",
                "measures in \"second\" but is exposed in \"minutes\": there is no exact conversion; known units are "
                    + UnitConversion.names.joined(separator: ", ")
            ) {
                $0.unit = "minutes"
                $0.measurementUnit = "second"
            },
            Row(.counter, "a_total", "names no event; give at least one") { $0.sources = [] },
            Row(.counter, "a_total", nil) {
                $0.sources = []
                $0.isInstrument = true
            },
            Row(.counter, "a_total", "has the label \"x\" twice") {
                $0.labels = [x, x]
            },
            Row(
                .counter, "a_total",
                "fixes the label \"x\" for one event but does not have it"
            ) { $0.sources[0].constants = ["x": "1"] },
            Row(.counter, "a_total", "has 33 labels; at most 32 are kept") {
                $0.labels = many
            },
            Row(.distribution, "a", nil) { $0.buckets = (0..<512).map(Double.init) },
            Row(.distribution, "a", buckets) { $0.buckets = (0..<513).map(Double.init) },
            Row(.distribution, "a", buckets) { $0.buckets = [] },
            Row(.distribution, "a", buckets) { $0.buckets = [1, 1] },
            Row(.distribution, "a", buckets) { $0.buckets = [2, 1] },
            Row(.distribution, "a", buckets) { $0.buckets = [1, .infinity] },
            Row(.distribution, "a", buckets) { $0.buckets = [.nan] },
            Row(.lastValue, "a", "has buckets, which its kind does not use") { $0.buckets = [1] },
            Row(.summary, "a", nil) { $0.quantiles = [0, 1] },
            Row(.summary, "a", quantiles) { $0.quantiles = [] },
            Row(.summary, "a", quantiles) { $0.quantiles = [1.01] },
            Row(.summary, "a", quantiles) { $0.quantiles = [-0.1] },
            Row(.summary, "a", quantiles) { $0.quantiles = [.nan] },
            Row(.summary, "a", quantiles) { $0.quantiles = [0.9, 0.5] },
            Row(.lastValue, "a", "has quantiles, which its kind does not use") {
                $0.quantiles = [0.5]
            },
            Row(.sum, "a_total", missing, measurement: nil),
            Row(.lastValue, "a", nil, measurement: nil),
            Row(.distribution, "a", missing, measurement: nil),
            Row(.summary, "a", missing, measurement: nil),
            Row(.upDownCounter, "a", nil, measurement: nil),
            Row(.counter, "a_total", factor) { $0.sources[0].factor = -1 },
            Row(.sum, "a_total", factor) { $0.sources[0].factor = 0 },
            Row(.upDownCounter, "a", nil) { $0.sources[0].factor = -1 },
            Row(
                .upDownCounter, "a_seconds",
                "has a factor that is too large for its conversion of units"
            ) {
                $0.unit = "seconds"
                $0.measurementUnit = "minute"
                $0.sources[0].factor = .max / 2
            },
            Row(.counter, "a_total", "has a max_series that is not positive") {
                $0.maximumSeries = 0
            },
            Row(.lastValue, "a", "has an expire_after that is not positive") {
                $0.expireAfter = .zero
            },
        ]
    }

    private static func reserved(_ suffix: String) -> String {
        "ends in \"\(suffix)\", which exposition formats use for parts of other metrics; choose another name"
    }
    private static let buckets =
        "needs buckets: finite upper bounds, each greater than the one before, at most 512"
    private static let quantiles =
        "needs quantiles between 0 and 1, each greater than the one before, at most 64"
    private static let missing =
        "needs a measurement for each event: its kind counts nothing by itself"
    private static let factor = "has a factor that its kind cannot have: it only ever grows"

    @Test func `a definition is good, or refused with one sentence`() throws {
        for row in try Self.rows() {
            let fixture = try RegistryFixture()
            let expected = row.says.map { ["metric \"\(row.definition.name)\" of me \($0)"] } ?? []
            #expect(
                fixture.registry.problems(of: [row.definition], owner: "me").map(\.description)
                    == expected)
        }
    }

    @Test func `all that is wrong is said at once`() throws {
        let fixture = try RegistryFixture()
        let error = #expect(throws: DefinitionErrors.self) {
            try fixture.registry.declare(
                [
                    .of(.counter, "a") { $0.maximumSeries = -1 },
                    .of(.distribution, "b", measurement: "n"),
                ], owner: "me")
        }
        #expect(error?.errors.count == 3)
        #expect(error?.description.split(separator: "\n").count == 3)
    }

    struct Clash: Sendable {
        let first: String
        let second: String
        let kinds: (MetricKind, MetricKind)
        let over: String?
    }

    @Test(arguments: [
        Clash(first: "a", second: "b", kinds: (.lastValue, .lastValue), over: nil),
        Clash(first: "a", second: "a_x", kinds: (.distribution, .lastValue), over: nil),
        Clash(first: "a", second: "a", kinds: (.lastValue, .lastValue), over: "their name"),
        Clash(
            first: "a", second: "a", kinds: (.lastValue, .upDownCounter),
            over: "their name, with different kind (up_down_counter, last_value)"),
        Clash(
            first: "a_total", second: "a", kinds: (.counter, .lastValue),
            over: "the names their samples are exposed under"),
        Clash(
            first: "a", second: "a_sum_total", kinds: (.distribution, .counter),
            over: "the names their samples are exposed under"),
        Clash(
            first: "a_count_total", second: "a", kinds: (.sum, .summary),
            over: "the names their samples are exposed under"),
        Clash(
            first: "a", second: "a_bucket_total", kinds: (.distribution, .counter),
            over: "the names their samples are exposed under"),
        Clash(
            first: "a_created_total", second: "a", kinds: (.counter, .distribution),
            over: "the names their samples are exposed under"),
        Clash(first: "a", second: "a_bucket_total", kinds: (.summary, .counter), over: nil),
    ])
    func `two metrics that clash are refused, naming both`(_ row: Clash) throws {
        func make(_ kind: MetricKind, _ name: String) throws -> MetricDefinition {
            try .of(kind, name, measurement: "n") {
                if kind == .distribution { $0.buckets = [1] }
                if kind == .summary { $0.quantiles = [0.5] }
            }
        }
        let first = try make(row.kinds.0, row.first)
        let second = try make(row.kinds.1, row.second)
        let expected = row.over.map {
            "metric \"\(row.second)\" of two clashes with \"\(row.first)\" of one over \($0); rename one of them"
        }
        let fixture = try RegistryFixture()
        try fixture.registry.declare([first], owner: "one")
        #expect(
            fixture.registry.problems(of: [second], owner: "two").first?.description == expected)
        // The same within one set.
        let alone = try RegistryFixture()
        #expect(
            alone.registry.problems(of: [first, second], owner: "one").count
                == (row.over == nil ? 0 : 1))
    }

    @Test func `different labels and units are named`() throws {
        let fixture = try RegistryFixture()
        try fixture.registry.declare(
            [.of(.lastValue, "a_seconds", measurement: "n", labels: ["x", "y"])], owner: "one")
        let other = try MetricDefinition.of(
            .lastValue, "a_seconds", measurement: "n", labels: ["x"]
        ) { $0.unit = "seconds" }
        #expect(
            fixture.registry.problems(of: [other], owner: "two").first?.description
                == "metric \"a_seconds\" of two clashes with \"a_seconds\" of one over their name, with different unit (\"seconds\", \"\"), labels (x; x,y); rename one of them"
        )
    }

    @Test func `a name stands once in a set`() throws {
        let fixture = try RegistryFixture()
        let definition = try MetricDefinition.of(.counter, "a_total")
        #expect(
            fixture.registry.problems(of: [definition, definition], owner: "me").map(\.description)
                == [
                    "metric \"a_total\" of me clashes with \"a_total\" of me over their name; rename one of them"
                ])
    }
}
