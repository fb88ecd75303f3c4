import NIOCore

/// One event of an answer that goes on.
///
/// Source: HTML Living Standard, 9.2 Server-sent events
struct ServerSentEvent: Sendable, Equatable {
    /// What a client that comes back says it has seen; nil leaves the last one standing.
    var id: String?
    /// Its name.
    var event: String
    /// Any text; its lines are kept apart.
    var data: String

    init(_ event: String, id: String? = nil, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    func write(to buffer: inout ByteBuffer) {
        if let id { Self.write("id", id, to: &buffer) }
        Self.write("event", event, to: &buffer)
        if data.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let lines = data.split(
                omittingEmptySubsequences: false,
                whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" })
            for line in lines { Self.write("data", line, to: &buffer) }
        } else {
            Self.write("data", data, to: &buffer)
        }
        buffer.writeStaticString("\n")
    }

    /// A field of one line. Ids and names are the agent's own; what would end the line is left out all the same.
    private static func write(
        _ field: StaticString, _ value: some StringProtocol, to buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString(field)
        buffer.writeStaticString(": ")
        buffer.writeBytes(
            value.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != 0 })
        buffer.writeStaticString("\n")
    }
}
