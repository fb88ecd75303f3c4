import CAgentPlugin

/// A message from a plugin, or from the host about one.
package struct PluginLogEntry: Sendable {
    package enum Level: UInt32, Sendable, Comparable, CaseIterable {
        case debug = 1
        case info, warning, error

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    package var level: Level
    /// The instance's name; a library's file while there is none.
    package var source: String
    package var message: String
    package var fields: [(name: String, value: String)]
}

/// Where messages go. Called from any thread.
package struct PluginLog: Sendable {
    /// The lowest level that is written.
    package var minimum: @Sendable () -> PluginLogEntry.Level
    package var write: @Sendable (PluginLogEntry) -> Void

    package init(
        minimum: @escaping @Sendable () -> PluginLogEntry.Level = { .info },
        write: @escaping @Sendable (PluginLogEntry) -> Void
    ) {
        self.minimum = minimum
        self.write = write
    }

    /// Writes nothing.
    package static let silent = PluginLog(minimum: { .error }, write: { _ in })

    func callAsFunction(
        _ level: PluginLogEntry.Level, _ source: String, _ message: String,
        _ fields: [(name: String, value: String)] = []
    ) {
        guard level >= minimum() else { return }
        write(PluginLogEntry(level: level, source: source, message: message, fields: fields))
    }
}
