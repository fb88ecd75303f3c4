/// What one push tells the next in the life of an agent. Without it everything is right too: it saves requests, and
/// keeps two agents that want different things from replacing each other's for ever.
struct PushMemory: Equatable, Sendable {
    enum DataSource: Equatable, Sendable {
        case unknown
        case found(uid: String, name: String)
        /// There is none, or it may not be looked at: Grafana's own default is taken.
        case none
    }

    /// The newest content that this agent saw in place, by uid.
    var seen: [String: String] = [:]

    /// The version that Grafana gave to this agent's last save, by uid.
    var assigned: [String: Int64] = [:]
    var dataSource = DataSource.unknown
    var isFolderChecked = false
}
