import CAgentPlugin
import Synchronization
import Testing

@testable import PluginKit

/// Conforms to everything, and writes down what it was called with.
private struct Busy: MetricDescribing, PollPlugin, HandlerPlugin, ExporterPlugin, StreamPlugin,
    RoutePlugin, ServicePlugin, DashboardPlugin
{
    struct Options: PluginSettings {
        @Setting("mood", "What it does.") var mood = "fine"
    }

    static let info = PluginInfo(
        id: "org.example.busy", name: "Busy", version: "1.2.3", vendor: "Example", summary: "Busy.")
    static let metricPrefix = "busy"
    static let metrics: [MetricDefinition] = [
        .counter(
            "a_total", "A.", from: ".a", .event("b", constants: ["l": "v"]),
            labels: ["x", Label("y", from: "d.y", default: "none")]
        ).keeping(.equals("k", "1", "2")).dropping(!.exists("q")).limited(to: 9),
        .counter(
            "slow_total", "S.", from: ".a", labels: [Label("z", from: "z", or: "s.z", "t")]
        ).keeping(.above("t", "1s", setting: "slow"), .equals("r", "no").or("r.0")),
        .distribution(
            "d_seconds", "D.", of: "t", in: "duration", from: ".a", unit: "seconds",
            buckets: [0.1, 1]
        ).measuringWhenPresent().expiring(after: .seconds(60)),
        .upDownCounter("u", "U.", from: ".a", .event(".b", measurement: "m", factor: -1)),
    ]
    static let events = [EventDefinition(".a", "An event.", metadata: [.field("x", "X.")])]
    static let dashboards = [Dashboard(uid: "busy", title: "Busy", json: "{}")]
    static let exportInterval = Duration.seconds(3)
    static let calls = Mutex<[String]>([])

    let mood: String
    let subscriptions = [".a", "b.*"]
    let routes = [Route("/busy", methods: "GET", summary: "Busy.", snapshot: true)]

    init(host: Host, settings: Options) throws {
        guard settings.mood != "refusing" else { throw PluginError("refused to be made") }
        mood = settings.mood
    }

    func poll(before deadline: Deadline) throws {
        guard mood != "failing" else { throw PluginError("nothing to see", status: AGENT_TIMEOUT) }
        Self.say("poll \(deadline.nanoseconds)")
    }

    func handle(_ events: UnsafeBufferPointer<agent_event>) {
        for event in events {
            Self.say(
                "event \(event.path) \(event.measurement("m").double) \(event.metadata("k")!)")
        }
    }

    func export(_ snapshot: Snapshot, before deadline: Deadline) -> ExportOutcome {
        switch mood {
        case "failing": .retry(after: .seconds(2), why: "later")
        case "fatal": .fatal(why: "never")
        default: .partial(accepted: 3, rejected: 1, bytes: 10, why: "one too many")
        }
    }

    func push(_ samples: UnsafeBufferPointer<agent_sample>, before deadline: Deadline)
        -> ExportOutcome
    {
        .delivered(samples: samples.count, bytes: 8)
    }

    func handle(_ request: Request, _ response: Response) throws {
        guard request.snapshot != nil else { throw PluginError("no snapshot") }
    }

    private final class Token: Sendable {
        deinit { Busy.say("gone") }
    }

    private let token = Token()

    func start() { Self.say("start") }
    func stop(before deadline: Deadline) { Self.say("stop \(deadline.nanoseconds)") }

    private static func say(_ call: String) {
        calls.withLock { $0.append(call) }
    }
}

private struct Idle: MetricPlugin {
    static let info = PluginInfo(
        id: "org.example.idle", name: "Idle", version: "1.0.0", vendor: "Example", summary: "Idle.")
    static let metricPrefix = ""
    static let metrics: [MetricDefinition] = []
}

// A library has one plugin; here are two, so the tests take turns.
@Suite(.serialized) struct PluginEntryTests {
    @Test func `the descriptor says who it is`() throws {
        let plugin = try entered(Busy.self).pointee
        #expect(TextView(plugin.id) == "org.example.busy")
        #expect(TextView(plugin.name) == "Busy")
        #expect(TextView(plugin.version) == "1.2.3")
        #expect(plugin.size == 136)
        #expect(TextView(plugin.settings_schema).description.contains("\"mood\""))
        #expect(TextView(try entered(Idle.self).pointee.settings_schema).isAbsent)
    }

    @Test func `a host of another major is refused in words`() {
        let fake = FakeHost()
        fake.raw.pointee.abi_major = 2
        let (status, why) = errorText { error in
            var plugin: UnsafePointer<agent_plugin>?
            return PluginEntry<Idle>.enter(fake.raw, &plugin, error)
        }
        #expect(status == AGENT_UNSUPPORTED)
        #expect(why.contains("version 1") && why.contains("version 2"))
    }

    @Test func `a plugin offers what it conforms to and nothing else`() throws {
        let all = [
            AGENT_METRICS_V1, AGENT_POLL_V1, AGENT_HANDLER_V1, AGENT_EXPORTER_V1, AGENT_STREAM_V1,
            AGENT_ROUTE_V1, AGENT_SERVICE_V1, AGENT_DASHBOARDS_V1,
        ]
        let busy = try entered(Busy.self)
        for id in all { #expect(interface(busy, id) != nil, "\(id)") }
        #expect(interface(busy, "agent.exporter/2") == nil)
        let idle = try entered(Idle.self)
        #expect(all.filter { interface(idle, $0) != nil } == [AGENT_METRICS_V1])
    }

    @Test func `definitions cross whole`() throws {
        let table: agent_metrics_v1 = try table(AGENT_METRICS_V1)
        #expect(TextView(table.metric_prefix) == "busy")
        #expect(TextView(table.event_prefix) == "net_auto")
        var metric = agent_metric_def()
        metric.size = UInt32(MemoryLayout<agent_metric_def>.size)
        #expect(table.describe_metric(0, &metric) == AGENT_OK)
        #expect(TextView(metric.name) == "a_total")
        #expect(metric.max_series == 9)
        #expect(metric.sources_count == 2 && metric.labels_count == 2)
        #expect(TextView(metric.sources[0].measurement).isEmpty)
        #expect(TextView(metric.sources[1].constants[0].value) == "v")
        #expect(TextView(metric.labels[0].key) == "x" && metric.labels[0].flags == 0)
        #expect(TextView(metric.labels[1].key) == "d.y")
        #expect(TextView(metric.labels[1].default_value) == "none")
        #expect(metric.labels[1].flags == AGENT_LABEL_HAS_DEFAULT)
        #expect(TextView(metric.keep[0].values[1]) == "2" && metric.keep[0].flags == 0)
        #expect(metric.drop[0].op == AGENT_CONDITION_EXISTS)
        #expect(metric.drop[0].flags == AGENT_CONDITION_NEGATED)
        #expect(table.describe_metric(1, &metric) == AGENT_OK)
        #expect(TextView(metric.labels[0].key) == "z\ns.z\nt")
        #expect(metric.keep[0].op == AGENT_CONDITION_ABOVE && metric.keep[0].values_count == 2)
        #expect(TextView(metric.keep[0].key) == "t" && TextView(metric.keep[0].values[0]) == "1s")
        #expect(TextView(metric.keep[0].values[1]) == "slow")
        #expect(TextView(metric.keep[1].key) == "r\nr.0")
        #expect(table.describe_metric(2, &metric) == AGENT_OK)
        #expect(metric.kind == AGENT_METRIC_DISTRIBUTION)
        #expect(metric.buckets_count == 2 && metric.buckets[1] == 1)
        #expect(metric.flags == AGENT_METRIC_OPTIONAL_MEASUREMENT)
        #expect(metric.expire_after_ns == 60_000_000_000)
        #expect(TextView(metric.measurement_unit) == "duration")
        #expect(table.describe_metric(3, &metric) == AGENT_OK)
        #expect(metric.sources[1].factor == -1)
        #expect(TextView(metric.sources[1].measurement) == "m")
        #expect(table.describe_metric(4, &metric) == AGENT_END)
        var event = agent_event_def()
        event.size = UInt32(MemoryLayout<agent_event_def>.size)
        #expect(table.describe_event(0, &event) == AGENT_OK)
        #expect(TextView(event.metadata[0].help) == "X.")
        #expect(table.describe_event(1, &event) == AGENT_END)
    }

    @Test func `a host that knows a shorter struct is not written past it`() throws {
        let table: agent_metrics_v1 = try table(AGENT_METRICS_V1)
        var metric = agent_metric_def()
        metric.size = 16
        metric.name.size = 77
        #expect(table.describe_metric(0, &metric) == AGENT_OK)
        #expect(metric.size == 16 && metric.max_series == 9 && metric.name.size == 77)
        metric.size = 0
        #expect(table.describe_metric(0, &metric) == AGENT_INVALID)
    }

    @Test func `a dashboard crosses whole`() throws {
        let table: agent_dashboards_v1 = try table(AGENT_DASHBOARDS_V1)
        var dashboard = agent_dashboard_def()
        dashboard.size = UInt32(MemoryLayout<agent_dashboard_def>.size)
        #expect(table.describe_dashboard(0, &dashboard) == AGENT_OK)
        #expect(TextView(dashboard.uid) == "busy" && TextView(dashboard.json) == "{}")
        #expect(table.describe_dashboard(1, &dashboard) == AGENT_END)
    }

    @Test func `an instance that cannot be made says why and leaves nothing`() throws {
        for (settings, reason) in [
            #"{"mood": "refusing"}"#: "refused to be made", #"{"mod": 1}"#: "unknown",
            "{": "line 1",
        ] {
            let plugin = try entered(Busy.self)
            var instance: UnsafeMutableRawPointer?
            let (status, why) = errorText {
                create(plugin, FakeHost(), settings, &instance, $0)
            }
            #expect(status < 0 && instance == nil)
            #expect(why.contains(reason), "\(why)")
        }
    }

    @Test func `calls reach the instance`() throws {
        let instance = try made()
        Busy.calls.withLock { $0 = [] }
        let poll: agent_poll_v1 = try table(AGENT_POLL_V1)
        #expect(poll.poll(instance, nil, nil, 12, nil) == AGENT_OK)
        let service: agent_service_v1 = try table(AGENT_SERVICE_V1)
        #expect(service.start(instance, nil) == AGENT_OK)
        #expect(service.stop(instance, 13, nil) == AGENT_OK)
        let handler: agent_handler_v1 = try table(AGENT_HANDLER_V1)
        var pattern = agent_str()
        #expect(handler.subscription(instance, 1, &pattern) == AGENT_OK)
        #expect(TextView(pattern) == "b.*")
        #expect(handler.subscription(instance, 2, &pattern) == AGENT_END)
        let memory = StaticMemory()
        var event = agent_event()
        event.name = memory.text("b.c")
        event.measurements = memory.value(
            agent_measurement(key: memory.text("m"), value: agent_f64(2.5)))
        event.measurements_count = 1
        event.metadata = memory.array([memory.pair("k", "v")])
        event.metadata_count = 1
        #expect(handler.on_events(instance, &event, 1, nil) == AGENT_OK)
        #expect(
            Busy.calls.withLock { $0 } == ["poll 12", "start", "stop 13", "event b.c 2.5 v"])
    }

    @Test func `a destroyed instance is gone`() throws {
        let instance = try made()
        Busy.calls.withLock { $0 = [] }
        try entered(Busy.self).pointee.destroy(instance)
        #expect(Busy.calls.withLock { $0 } == ["gone"])
    }

    @Test func `what was thrown becomes a status and a text cut to its room`() throws {
        let instance = try made(mood: "failing")
        let poll: agent_poll_v1 = try table(AGENT_POLL_V1)
        let (status, why) = errorText { poll.poll(instance, nil, nil, 0, $0) }
        #expect(status == AGENT_TIMEOUT)
        #expect(why == "nothing to see")
        #expect(errorText(room: 7) { poll.poll(instance, nil, nil, 0, $0) }.1 == "nothing")
        #expect(errorText(room: 2) { fail($0, AGENT_ERROR, "aé") }.1 == "a")
        #expect(poll.poll(nil, nil, nil, 0, nil) == AGENT_INVALID)
    }

    @Test func `an export's outcome is told with its reason`() throws {
        let exporter: agent_exporter_v1 = try table(AGENT_EXPORTER_V1)
        #expect(exporter.interval_ns == 3_000_000_000 && exporter.timeout_ns == 5_000_000_000)
        for (mood, outcome, reason) in [
            ("fine", AGENT_EXPORT_PARTIAL, "one too many"),
            ("failing", AGENT_EXPORT_RETRY, "later"), ("fatal", AGENT_EXPORT_FATAL, "never"),
        ] {
            let instance = try made(mood: mood)
            var result = agent_export_result()
            let (status, why) = errorText {
                exporter.export_snapshot(
                    instance, OpaquePointer(bitPattern: 1), 0, &result, $0)
            }
            #expect(status == AGENT_OK && result.outcome == outcome && why == reason)
            #expect(result.accepted == (mood == "fine" ? 3 : 0))
            #expect(result.retry_after_ns == (mood == "failing" ? 2_000_000_000 : 0))
        }
        let stream: agent_stream_v1 = try table(AGENT_STREAM_V1)
        var result = agent_export_result()
        let samples = [agent_sample](repeating: agent_sample(), count: 4)
        #expect(stream.push(try made(), samples, 4, 0, &result, nil) == AGENT_OK)
        #expect(result.accepted == 4 && result.bytes == 8)
    }

    @Test func `a route is described and handed its snapshot`() throws {
        let instance = try made()
        let route: agent_route_v1 = try table(AGENT_ROUTE_V1)
        var definition = agent_route_def()
        definition.size = UInt32(MemoryLayout<agent_route_def>.size)
        #expect(route.describe_route(instance, 0, &definition) == AGENT_OK)
        #expect(TextView(definition.path) == "/busy" && definition.flags == AGENT_ROUTE_SNAPSHOT)
        #expect(route.describe_route(instance, 1, &definition) == AGENT_END)
        var request = agent_request()
        var response = agent_response()
        let snapshot = OpaquePointer(bitPattern: 1)
        #expect(route.handle(instance, &request, snapshot, &response, nil) == AGENT_OK)
        #expect(
            errorText { route.handle(instance, &request, nil, &response, $0) }.1
                == "no snapshot")
    }
}

/// An instance of ``Busy``, which the caller destroys or leaves.
private func made(mood: String = "fine") throws -> UnsafeMutableRawPointer {
    var instance: UnsafeMutableRawPointer?
    let status = create(
        try entered(Busy.self), FakeHost(), "{\"mood\": \"\(mood)\"}", &instance, nil)
    try #require(status == AGENT_OK)
    return try #require(instance)
}

private func entered<Type: Plugin>(_ type: Type.Type) throws -> UnsafePointer<agent_plugin> {
    var plugin: UnsafePointer<agent_plugin>?
    try #require(PluginEntry<Type>.enter(FakeHost().raw, &plugin, nil) == AGENT_OK)
    return try #require(plugin)
}

private func create(
    _ plugin: UnsafePointer<agent_plugin>, _ fake: FakeHost, _ settings: String,
    _ instance: inout UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<agent_error>?
) -> agent_status {
    viewed(settings) {
        var config = agent_instance_config()
        config.settings = $0
        return plugin.pointee.create(fake.raw, &config, &instance, error)
    }
}

private func interface(
    _ plugin: UnsafePointer<agent_plugin>, _ id: String
) -> UnsafeRawPointer? {
    viewed(id) { plugin.pointee.get_interface($0) }
}

private func table<Table>(_ id: String) throws -> Table {
    let plugin = try entered(Busy.self)
    return try #require(interface(plugin, id)).load(as: Table.self)
}

private func errorText(
    room: Int = 200, _ call: (UnsafeMutablePointer<agent_error>) -> agent_status
) -> (agent_status, String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { text in
        var error = agent_error(
            size: 24, code: 0, text: text.baseAddress, capacity: UInt32(room), length: 0)
        let status = call(&error)
        let said = UnsafeRawBufferPointer(text).prefix(Int(error.length))
        return (status, String(decoding: said, as: UTF8.self))
    }
}
