import Logging
import Telemetry

/// Runs: created, started, ended, failed.
struct RunMessages: EventMessages {
    func gravity(of keys: EventKeys) -> EventGravity? {
        switch Word(keys.name) {
        case .created?, .start?: EventGravity(.debug)
        case .stop?:
            EventGravity(.debug).failing("status", unless: "ok", at: .warning, in: keys)
        case .failure?: EventGravity(.error)
        case nil: nil
        }
    }

    func message(_ event: UnpackedEvent) -> EventMessage? {
        switch Word(event.name) {
        case .created?: return EventMessage(.debug, "run created", event.fields)
        case .start?: return EventMessage(.debug, "run started", event.fields)
        case .failure?:
            return EventMessage(.error, "run could not be carried out", event.fields)
        case .stop?:
            switch event.text("status") {
            case "ok", nil: return EventMessage(.debug, "run ended", event.fields)
            case "canceled": return EventMessage(.info, "run canceled", event.fields)
            case "timeout": return EventMessage(.warning, "run timed out", event.fields)
            default: return EventMessage(.warning, "run failed", event.fields)
            }
        case nil: return nil
        }
    }

    private enum Word {
        case created, start, stop, failure

        init?(_ name: EventName) {
            let name = name.description
            if name.hasSuffix(".created") {
                self = .created
            } else if name.hasSuffix(".start") {
                self = .start
            } else if name.hasSuffix(".stop") {
                self = .stop
            } else if name.hasSuffix(".error") || name.hasSuffix(".exception") {
                self = .failure
            } else {
                return nil
            }
        }
    }
}
