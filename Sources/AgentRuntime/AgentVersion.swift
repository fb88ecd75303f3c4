/// What this build is.
enum AgentVersion {
    static let text = "1.0.0"

    /// The plugin interface this agent offers.
    static let pluginInterface = "1.0"

    /// The Swift the sources were compiled as.
    static var swift: String {
        #if swift(>=6.4)
            "6.4"
        #elseif swift(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
