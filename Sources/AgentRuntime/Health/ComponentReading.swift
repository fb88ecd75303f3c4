/// What was found when a component was looked at.
struct ComponentReading: Sendable {
    let name: String
    /// Whether the agent is of no use without it.
    let isRequired: Bool
    /// As the component itself says, whatever its criteria are.
    var status = HealthStatus.ok
    /// One sentence; empty while all is well.
    var why = ""
    var criteria: [Criterion] = []
    /// What somebody may want to see beside it.
    var figures: [(name: String, value: Int64)] = []

    /// Begins the names of plugins' instances.
    static let pluginPrefix = "plugin:"
}
