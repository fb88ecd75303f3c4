import Logging
import Telemetry

/// Runs: created, started, ended, failed.
struct RunMessages: EventMessages {
    func telling(of keys: EventKeys) -> EventTelling? {
        switch keys.lastWord {
        case "created": return EventTelling(.debug, "run created")
        case "start": return EventTelling(.debug, "run started")
        case "error", "exception": return EventTelling(.error, "run could not be carried out")
        case "stop":
            let status = keys.metadataIndex(of: "status")
            let gravity = EventGravity(.debug)
                .failing("status", unless: "ok", at: .warning, in: keys)
            return EventTelling(gravity) { event in
                switch event.word(at: status) {
                case "ok", nil: .init(.debug, "run ended")
                case "canceled": .init(.info, "run canceled")
                case "timeout": .init(.warning, "run timed out")
                default: .init(.warning, "run failed")
                }
            }
        default: return nil
        }
    }
}
