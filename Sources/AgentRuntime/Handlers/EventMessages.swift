import AgentConfiguration
import Glibc
import Logging
import Telemetry

/// What a handler has to say of its events.
protocol EventMessages: Sendable {
    /// What is said of events of these names and keys; nil where nothing is said of any.
    func telling(of keys: EventKeys) -> EventTelling?
}

/// How events of the same names and keys are told of.
struct EventTelling: Sendable {
    struct Message {
        let level: Logger.Level
        let text: String

        init(_ level: Logger.Level, _ text: String) {
            self.level = level
            self.text = text
        }
    }

    let gravity: EventGravity
    /// Keys that are no fields of the message.
    let unsaid: Set<String>
    /// In the log's thread, for those that may be grave enough.
    let message: @Sendable (EventReader) -> Message

    init(
        _ gravity: EventGravity, unsaid: Set<String> = [],
        message: @escaping @Sendable (EventReader) -> Message
    ) {
        self.gravity = gravity
        self.unsaid = unsaid
        self.message = message
    }

    /// The same message for all of them.
    init(_ level: Logger.Level, _ text: String, unsaid: Set<String> = []) {
        self.init(EventGravity(level), unsaid: unsaid) { _ in Message(level, text) }
    }
}

/// How grave an event may be, as can be told at once in its emitter's thread.
struct EventGravity: Sendable {
    struct Failure: Sendable {
        let key: Int
        /// What the metadata says where all is well.
        let good: StaticString
        let level: Logger.Level
    }

    struct Slowness: Sendable {
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

    /// Whether an event is grave enough for the level in force.
    func isEnough(for gate: LevelGate, _ frame: UnsafePointer<EventFrame>) -> Bool {
        if let routine, gate.admits(routine) { return true }
        if let failure, gate.admits(failure.level),
            !Self.says(frame.pointee.metadata[failure.key], failure.good)
        {
            return true
        }
        if let slowness, gate.admits(slowness.level) {
            let cell = frame.pointee.measurements[slowness.measurement]
            switch cell.kind {
            case .absent: return false
            case .integer: return cell.integer >= slowness.nanoseconds
            case .real: return cell.real >= Double(slowness.nanoseconds)
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

extension EventKeys {
    /// What stands behind the name's last dot.
    var lastWord: String {
        name.description.split(separator: ".").last.map(String.init) ?? ""
    }

    /// Where the metadata has this key; the last one counts.
    func metadataIndex(of key: String) -> Int? { metadata.lastIndex(of: key) }

    /// Source: docs/events.md: durations are integers in nanoseconds.
    static func isDuration(_ key: String) -> Bool {
        key == "duration" || key == "lifetime" || key == "held"
            || key.hasSuffix("_time") && !clocks.contains(key)
    }

    /// Moments rather than durations: what a clock said.
    static let clocks: Set<String> = ["system_time", "monotonic_time"]
}
