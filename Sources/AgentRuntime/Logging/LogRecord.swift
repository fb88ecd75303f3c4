import Logging
import Telemetry

/// A message as it is handed to the writer: nothing of it is text yet that need not be.
struct LogRecord: Sendable {
    /// Nanoseconds since 1970.
    var time: Int64
    var level: Logger.Level
    /// The logger's label.
    var category: String
    var message: String
    /// The logger's own; the message's win.
    var context: Logger.Metadata
    var metadata: Logger.Metadata
    var error: (any Error)?

    /// All fields, each once, as text, in their order; what is nested is joined by dots.
    var fields: [(key: String, value: String)] {
        var all: [(key: String, value: String)] = []
        for (key, value) in context.merging(metadata, uniquingKeysWith: { $1 }) {
            Self.flatten(key, value, depth: 0, into: &all)
        }
        return all.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ key: String, _ value: Logger.MetadataValue, depth: Int,
        into all: inout [(key: String, value: String)]
    ) {
        guard depth < Metadata.maximumDepth, case .dictionary(let members) = value else {
            return all.append((key, "\(value)"))
        }
        for (name, member) in members {
            flatten("\(key).\(name)", member, depth: depth + 1, into: &all)
        }
    }
}
