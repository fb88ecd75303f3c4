/// How the agent and its components fare at one moment.
struct HealthReport: Sendable {
    let components: [ComponentHealth]
    /// Nanoseconds since 1970.
    let sampledAt: Int64
    let isListening: Bool
    let isStopping: Bool

    /// Failed where a required component is; what else fails only degrades the agent.
    var status: HealthStatus {
        if !broken.isEmpty { return .failed }
        return components.contains { $0.status > .ok } ? .degraded : .ok
    }

    /// The required components that have failed.
    private var broken: [ComponentHealth] {
        components.filter { $0.reading.isRequired && $0.status == .failed }
    }

    /// Why the agent cannot take part in the work; empty when it can.
    var reasons: [String] {
        (isStopping ? ["the agent is stopping"] : [])
            + broken.map { "\($0.reading.name): \($0.reasons.joined(separator: "; "))" }
    }

    /// For people, in one line.
    var summary: String {
        if isStopping { return "stopping" }
        let ill = components.filter { $0.status > .ok }
        guard !ill.isEmpty else { return "ok, \(components.count) components" }
        return ill.map {
            "\($0.reading.name) \($0.status.rawValue): \($0.reasons.joined(separator: "; "))"
        }
        .joined(separator: ", ")
    }
}
