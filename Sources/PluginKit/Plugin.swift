/// Who a plugin is, as operators see it.
public struct PluginInfo: Sendable {
    public var id: String
    public var name: String
    public var version: String
    public var vendor: String
    public var summary: String

    /// - Parameters:
    ///   - id: reverse DNS, stable for ever: `org.example.agent.kafka`
    ///   - name: the one word an operator writes in the configuration: `Kafka`
    ///   - summary: one sentence
    public init(id: String, name: String, version: String, vendor: String, summary: String) {
        self.id = id
        self.name = name
        self.version = version
        self.vendor = vendor
        self.summary = summary
    }
}

/// A plugin: a type whose values are its instances, one for each entry in the configuration.
///
/// What it can do is said by the protocols it conforms to: ``MetricPlugin``, ``PollPlugin``, ``HandlerPlugin``,
/// ``ExporterPlugin``, ``StreamPlugin``, ``RoutePlugin``, ``ServicePlugin``, ``DashboardPlugin``. Methods may
/// throw: the error's description reaches the operator, nothing else crosses the border.
///
/// Methods are called from threads of the operating system that Swift's concurrency knows nothing of. Those
/// marked *[instance]* never run twice at once for one instance, those marked *[any]* may.
public protocol Plugin: Sendable {
    associatedtype Settings: PluginSettings = NoSettings

    static var info: PluginInfo { get }

    /// Makes an instance: no I/O, no threads; ``ServicePlugin/start()`` is the place for those.
    init(host: Host, settings: Settings) throws
}
