import Logging
import Telemetry

/// Sessions of live pages: mounted, connected, ended, failed.
struct SessionMessages: EventMessages {
    func telling(of keys: EventKeys) -> EventTelling? {
        let words = keys.name.description.split(separator: ".")
        switch (words.dropLast().last, words.last) {
        case (_, "mount"?), ("mount"?, "stop"?): return EventTelling(.debug, "session mounted")
        case (_, "connected"?): return EventTelling(.debug, "session connected")
        case (_, "disconnected"?): return EventTelling(.debug, "session ended")
        case (_, "stream_error"?):
            return EventTelling(.warning, "connection to a session failed")
        case (let callback?, "exception"?):
            return EventTelling(.warning, "session failed in \(callback)")
        default: return nil
        }
    }
}
