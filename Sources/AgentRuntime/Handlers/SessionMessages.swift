import Logging
import Telemetry

/// Sessions of live pages: mounted, connected, ended, failed.
struct SessionMessages: EventMessages {
    func gravity(of keys: EventKeys) -> EventGravity? {
        switch Word(keys.name) {
        case .mounted?, .connected?, .ended?: EventGravity(.debug)
        case .failed?, .streamFailed?: EventGravity(.warning)
        case nil: nil
        }
    }

    func message(_ event: UnpackedEvent) -> EventMessage? {
        switch Word(event.name) {
        case .mounted?: EventMessage(.debug, "session mounted", event.fields)
        case .connected?: EventMessage(.debug, "session connected", event.fields)
        case .ended?: EventMessage(.debug, "session ended", event.fields)
        case .failed(let callback)?:
            EventMessage(.warning, "session failed in \(callback)", event.fields)
        case .streamFailed?:
            EventMessage(.warning, "connection to a session failed", event.fields)
        case nil: nil
        }
    }

    private enum Word {
        case mounted, connected, ended, streamFailed
        case failed(callback: Substring)

        init?(_ name: EventName) {
            let words = name.description.split(separator: ".")
            switch (words.dropLast().last, words.last) {
            case (_, "mount"?), ("mount"?, "stop"?): self = .mounted
            case (_, "connected"?): self = .connected
            case (_, "disconnected"?): self = .ended
            case (_, "stream_error"?): self = .streamFailed
            case (let callback?, "exception"?): self = .failed(callback: callback)
            default: return nil
            }
        }
    }
}
