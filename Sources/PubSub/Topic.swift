/// What a message is about; subscribers name the ones they want.
package struct Topic: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    package var description: String { name }

    /// Every run: created, started, ended.
    package static let runs = Topic("runs")
    /// Check-outs, check-ins and changed limits.
    package static let quota = Topic("quota")
    /// Plugins that came, went or failed.
    package static let plugins = Topic("plugins")
    /// What somebody should look at.
    package static let alerts = Topic("alerts")

    /// One run, its output with it.
    package static func run(_ id: String) -> Topic { Topic("run:\(id)") }

    /// The runs of one site.
    package static func site(_ name: String) -> Topic { Topic("site:\(name)") }
}
