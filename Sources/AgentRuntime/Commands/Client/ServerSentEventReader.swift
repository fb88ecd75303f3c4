/// Takes apart the server-sent events of an answer.
///
/// Source: HTML Living Standard, 9.2.6 Interpreting an event stream
struct ServerSentEventReader {
    private var line: [UInt8] = []
    private var event = ""
    private var data: [String] = []
    /// The last event's id that came.
    private(set) var lastEventID: String?

    /// Forgets what a connection that is gone has left half said.
    mutating func beginAgain() {
        line = []
        event = ""
        data = []
    }

    /// The events that are whole with these bytes.
    mutating func read(_ bytes: [UInt8]) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line.removeAll(keepingCapacity: true)
            if let event = take(text) { events.append(event) }
        }
        line += rest
        return events
    }

    /// The event that an empty line ends.
    private mutating func take(_ text: String) -> ServerSentEvent? {
        guard text.isEmpty else {
            takeField(text)
            return nil
        }
        defer {
            event = ""
            data = []
        }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(
            event.isEmpty ? "message" : event, id: lastEventID,
            data: data.joined(separator: "\n"))
    }

    private mutating func takeField(_ text: String) {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        var value = text[colon...].dropFirst()
        if value.first == " " { value = value.dropFirst() }
        switch text[..<colon] {
        case "event": event = String(value)
        case "data": data.append(String(value))
        case "id": lastEventID = String(value)
        default: break
        }
    }
}
