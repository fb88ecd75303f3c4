@testable import AgentConfiguration

/// Reads a configuration called `agent.json`.
func configuration(
    _ text: String, _ environment: Environment = [:]
) throws(ConfigurationErrors) -> AgentConfiguration {
    try AgentConfiguration.parse(Array(text.utf8), file: "agent.json", environment: environment)
}

/// The sentences a configuration is refused with.
func sentences(_ text: String, _ environment: Environment = [:]) -> [String] {
    do throws(ConfigurationErrors) {
        _ = try configuration(text, environment)
        return []
    } catch {
        return error.errors.map(\.description)
    }
}
