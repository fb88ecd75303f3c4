import PubSub

/// Something that somebody should look at, or that is well again.
struct AlertNotice: Notice, Hashable {
    enum Level: String, Sendable {
        case good, warning, critical
    }

    /// Nanoseconds since 1970.
    let at: Int64
    let level: Level
    /// What it is about: `plugin Grafana`.
    let subject: String
    /// A sentence, free of secrets.
    let text: String
}

/// A plugin came, went, or fares otherwise than before.
struct PluginNotice: Notice, Hashable {
    let plugin: String
    /// `loaded`, `replaced`, `refused`, `failed`, `ok`, `degraded`.
    let change: String
    /// Why; empty where all is well.
    let why: String
}
