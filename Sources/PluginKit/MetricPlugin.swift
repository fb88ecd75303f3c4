import CAgentPlugin

/// A plugin that describes metrics. All of it is static: it is read without making an instance.
public protocol MetricDescribing: Plugin {
    /// Stands before every metric's name, with "_" between; empty: names are used as they are.
    static var metricPrefix: String { get }

    /// What an event's name that begins with "." follows.
    static var eventPrefix: String { get }

    static var metrics: [MetricDefinition] { get }

    /// The events those metrics listen to and those the plugin emits.
    static var events: [EventDefinition] { get }
}

/// A plugin that describes metrics and does nothing else.
public protocol MetricPlugin: MetricDescribing {
    init()
}

extension MetricPlugin {
    public init(host: Host, settings: Settings) {
        self.init()
    }
}

extension MetricDescribing {
    public static var eventPrefix: String { "net_auto" }
    public static var events: [EventDefinition] { [] }

    static func table(in memory: StaticMemory) -> UnsafeRawPointer {
        UnsafeRawPointer(
            memory.value(
                agent_metrics_v1(
                    size: UInt32(MemoryLayout<agent_metrics_v1>.size), reserved: 0,
                    metric_prefix: memory.text(metricPrefix),
                    event_prefix: memory.text(eventPrefix),
                    describe_metric: { describe(PluginImage.loaded?.metrics ?? [], $0, $1) },
                    describe_event: { describe(PluginImage.loaded?.events ?? [], $0, $1) })))
    }
}
