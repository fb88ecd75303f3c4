import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import AgentRuntime

struct HTTPExchangeTraceTests {
    private func traceID(_ traceparent: String?) throws -> String? {
        var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/v1/events")
        if let traceparent {
            head.headerFields[try #require(HTTPField.Name("traceparent"))] = traceparent
        }
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        return HTTPExchange(request, peer: nil, local: nil).traceID
    }

    @Test(arguments: [
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be",
    ]) func `a traceparent names the trace`(_ text: String) throws {
        #expect(try traceID(text) == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test(
        arguments: [
            nil, "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c80319x-b7ad6b7169203331-01",
        ] as [String?]) func `what is no traceparent names none`(_ text: String?) throws
    {
        #expect(try traceID(text) == nil)
    }
}
