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
    /// What it tells of, with all that this said; the fields of the message win.
    var event: LoggedEvent?
    /// The logger's own; the message's win.
    var context: Logger.Metadata = [:]
    var metadata: Logger.Metadata = [:]
    var error: (any Error)?

    /// The event, where there are no fields but its own.
    var onlyEvent: LoggedEvent? {
        context.isEmpty && metadata.isEmpty && error == nil ? event : nil
    }

    /// All fields, each once, as text, in their order; what is nested is joined by dots.
    var fields: [(key: String, value: String)] {
        var given =
            context.isEmpty ? metadata : context.merging(metadata, uniquingKeysWith: { $1 })
        for (key, value) in event?.texts ?? [] where given[key] == nil {
            given[key] = .string(value)
        }
        var all: [(key: String, value: String)] = []
        all.reserveCapacity(given.count)
        for (key, value) in given {
            Self.flatten(key, value, depth: 0, into: &all)
        }
        all.sort { $0.key < $1.key }
        return all
    }

    private static func flatten(
        _ key: String, _ value: Logger.MetadataValue, depth: Int,
        into all: inout [(key: String, value: String)]
    ) {
        switch value {
        case .string(let text): all.append((key, text))
        case .dictionary(let members) where depth < Metadata.maximumDepth:
            for (name, member) in members {
                flatten("\(key).\(name)", member, depth: depth + 1, into: &all)
            }
        case .dictionary, .array, .stringConvertible: all.append((key, "\(value)"))
        }
    }
}
