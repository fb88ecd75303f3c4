import CAgentPlugin

/// An event that feeds a metric; its name as a literal is the plain case.
public struct MetricSource: Sendable, ExpressibleByStringLiteral {
    private let event: String
    private var measurement: String?
    private let factor: Int64
    private let constants: [(name: String, value: String)]

    public init(stringLiteral event: String) {
        self = .event(event)
    }

    /// - Parameters:
    ///   - event: one that begins with "." follows the event prefix
    ///   - measurement: where this event has another key than the metric's other events
    ///   - factor: multiplies the measurement: −1 counts down
    ///   - constants: labels that are the same for this event always, in place of metadata
    public static func event(
        _ event: String, measurement: String? = nil, factor: Int64 = 1,
        constants: KeyValuePairs<String, String> = [:]
    ) -> MetricSource {
        MetricSource(event, measurement, factor, constants.map { (name: $0.key, value: $0.value) })
    }

    private init(
        _ event: String, _ measurement: String?, _ factor: Int64,
        _ constants: [(name: String, value: String)]
    ) {
        self.event = event
        self.measurement = measurement
        self.factor = factor
        self.constants = constants
    }

    func measuring(_ standard: String?) -> MetricSource {
        var copy = self
        copy.measurement = measurement ?? standard
        return copy
    }

    func inMemory(_ memory: StaticMemory) -> agent_metric_source {
        agent_metric_source(
            event: memory.text(event), measurement: memory.text(measurement ?? ""), factor: factor,
            constants: memory.array(constants.map { memory.pair($0.name, $0.value) }),
            constants_count: UInt32(constants.count), reserved: 0)
    }
}
