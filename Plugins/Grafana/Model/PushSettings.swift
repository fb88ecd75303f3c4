import PluginKit

/// What a push goes by.
struct PushSettings: Equatable, Sendable {
    struct Folder: Equatable, Sendable {
        var uid: String
        var title: String
    }

    /// What becomes of a dashboard that a person changed in Grafana.
    enum ConflictPolicy: String, CaseIterable, SettingValue {
        /// It stays as that person left it.
        case keep
        /// Ours replaces it; theirs stays in Grafana's history.
        case overwrite
        /// Theirs is saved under a uid and a title of its own, then ours replaces it.
        case copy
    }

    static let usualNamespace = "agent-"

    var folder = Folder(uid: "agent", title: "Agent")
    var onConflict = ConflictPolicy.keep
    /// Whether dashboards are removed that were pushed once and are wanted no more.
    var removesRetired = false
    /// What the uids of all dashboards that may be removed begin with.
    var namespace = Self.usualNamespace
    var dataSourceUID: String?
    /// Whether what would be done is told instead.
    var comparesOnly = false
    /// Stands in the message of every save.
    var agentVersion = ""

    /// The uid that a dashboard gets: its own, behind the prefix where one is set, so that several environments share
    /// one Grafana.
    func uid(_ own: String) -> String {
        namespace == Self.usualNamespace || own.hasPrefix(namespace) ? own : namespace + own
    }
}
