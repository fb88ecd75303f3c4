import PluginKit

/// A dashboard as Grafana holds it.
struct HeldDashboard: Equatable, Sendable {
    /// Which save this is: the number people see, and what a change has to name.
    struct Revision: Equatable, Sendable {
        let version: Int64
        /// Of Grafana's newer interface; `nil` in the older one, which goes by the version.
        var resourceVersion: String?
    }

    let uid: String
    let revision: Revision
    let model: JSON
    /// Empty in the root.
    var folderUID = ""
    /// Where the answer tells it.
    var folderTitle: String?

    var stamp: Stamp? { Stamp(model: model) }
}

/// A folder as Grafana holds it.
struct HeldFolder: Equatable, Sendable {
    let title: String
    let version: Int64
    /// All of it, in Grafana's newer interface.
    var resource: JSON?
}
