import NIOCore
import Testing

@testable import AgentRuntime

struct ServerSentEventTests {
    private func text(_ event: ServerSentEvent) -> String {
        var buffer = ByteBuffer()
        event.write(to: &buffer)
        return String(buffer: buffer)
    }

    @Test(
        arguments: [
            (ServerSentEvent("chunk", id: "7", data: "{}"), "id: 7\nevent: chunk\ndata: {}\n\n"),
            (ServerSentEvent("a", data: ""), "event: a\ndata: \n\n"),
            (
                ServerSentEvent("a", data: "x\ny\r\nz\r"),
                "event: a\ndata: x\ndata: y\ndata: z\ndata: \n\n"
            ),
            (ServerSentEvent("a\nb", id: "1\r2", data: "x"), "id: 12\nevent: ab\ndata: x\n\n"),
        ] as [(ServerSentEvent, String)])
    func `an event is fields and an empty line`(event: ServerSentEvent, expected: String) {
        #expect(text(event) == expected)
    }

    @Test func `what was written is read again, however it is cut`() {
        let events = [
            ServerSentEvent("chunk", id: "1", data: "one"),
            ServerSentEvent("chunk", id: "2", data: "two\nlines, ü"),
            ServerSentEvent("status", id: "2", data: "{}"),
        ]
        let bytes = Array(
            (": hello\nretry: 5\n\n" + events.map(text).joined() + "event: cut\n").utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            var reader = ServerSentEventReader()
            var read: [ServerSentEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                read += reader.read(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(read == events)
            #expect(reader.lastEventID == "2")
        }
    }

    @Test func `fields of other servers are understood`() {
        var reader = ServerSentEventReader()
        let text = "data:no blank\r\n\r\nevent: e\n\nid\ndata\nother: x\n\n"
        #expect(
            reader.read(Array(text.utf8)) == [
                ServerSentEvent("message", data: "no blank"),
                ServerSentEvent("message", id: "", data: ""),
            ])
    }
}
