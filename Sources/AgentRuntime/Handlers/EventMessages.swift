import AgentConfiguration
import Glibc
import Logging
import Telemetry

/// What a handler has to say of its events.
protocol EventMessages: Sendable {
    /// How grave events of these names and keys may be; nil where there is nothing to say of any.
    func gravity(of keys: EventKeys) -> EventGravity?

    /// In the log's thread, for those that may be grave enough.
    func message(_ event: UnpackedEvent) -> EventMessage?
}

/// A message, before it knows when and in which category.
struct EventMessage {
    let level: Logger.Level
    let text: String
    var fields: Logger.Metadata

    init(_ level: Logger.Level, _ text: String, _ fields: Logger.Metadata) {
        self.level = level
        self.text = text
        self.fields = fields
    }
}

/// How grave an event may be, as can be told at once in its emitter's thread.
struct EventGravity {
    struct Failure {
        let key: Int
        /// What the metadata says where all is well.
        let good: StaticString
        let level: Logger.Level
    }

    struct Slowness {
        let measurement: Int
        let nanoseconds: Int64
        let level: Logger.Level
    }

    /// Of any of them; nil where only what failed or was slow is told of.
    var routine: Logger.Level?
    var failure: Failure?
    var slowness: Slowness?

    init(_ routine: Logger.Level? = nil) { self.routine = routine }

    /// Graver where the metadata of this key says anything but `good`.
    func failing(
        _ key: String, unless good: StaticString, at level: Logger.Level, in keys: EventKeys
    ) -> EventGravity {
        var gravity = self
        gravity.failure = keys.metadata.lastIndex(of: key).map {
            Failure(key: $0, good: good, level: level)
        }
        return gravity
    }
}

/// Lets pass what is grave enough for the level in force.
final class LevelFilter: EventFilter {
    private let gate: LevelGate
    private let gravity: EventGravity

    init(_ gate: LevelGate, _ gravity: EventGravity) {
        self.gate = gate
        self.gravity = gravity
    }

    func passes(_ frame: UnsafePointer<EventFrame>) -> Bool {
        if let routine = gravity.routine, gate.admits(routine) { return true }
        if let failure = gravity.failure, gate.admits(failure.level),
            !Self.says(frame.pointee.metadata[failure.key], failure.good)
        {
            return true
        }
        if let slow = gravity.slowness, gate.admits(slow.level) {
            let cell = frame.pointee.measurements[slow.measurement]
            switch cell.kind {
            case .absent: return false
            case .integer: return cell.integer >= slow.nanoseconds
            case .real: return cell.real >= Double(slow.nanoseconds)
            }
        }
        return false
    }

    private static func says(_ text: MetadataText, _ word: StaticString) -> Bool {
        guard Int(text.count) == word.utf8CodeUnitCount, let start = text.start else {
            return false
        }
        return memcmp(start, word.utf8Start, word.utf8CodeUnitCount) == 0
    }
}

extension UnpackedEvent {
    /// Everything the event says, durations in seconds; what is only of use to clocks is left out.
    var fields: Logger.Metadata {
        var fields = Logger.Metadata(
            minimumCapacity: metadata.pairs.count + measurements.pairs.count + 1)
        for (key, value) in metadata.pairs {
            if let text = value.text { fields[key] = .string(text) }
        }
        for (key, value) in measurements.pairs where !Self.clocks.contains(key) {
            if Self.isDuration(key), case .integer(let nanoseconds) = value {
                fields[key + "_seconds"] = .string(Duration.secondsText(nanoseconds))
            } else {
                fields[key] = .string("\(value)")
            }
        }
        if let correlationID { fields["correlation_id"] = .string(correlationID) }
        return fields
    }

    private static let clocks: Set<String> = ["system_time", "monotonic_time"]

    /// Source: docs/events.md: durations are integers in nanoseconds.
    static func isDuration(_ key: String) -> Bool {
        key == "duration" || key == "lifetime" || key == "held" || key.hasSuffix("_time")
    }
}

extension Duration {
    /// Nanoseconds as seconds, to the microsecond: `1.204113`.
    static func secondsText(_ nanoseconds: Int64) -> String {
        let micros = nanoseconds.magnitude / 1000
        let fraction = String(micros % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.utf8.count)
        return "\(nanoseconds < 0 ? "-" : "")\(micros / 1_000_000).\(zeros)\(fraction)"
    }
}
