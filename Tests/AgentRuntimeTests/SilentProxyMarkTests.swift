import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

@testable import AgentRuntime

struct SilentProxyMarkTests {
    private func head(of text: String) throws -> HTTPRequest {
        let channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(SilentProxyMark.Placing())
        try channel.writeInbound(ByteBuffer(string: text))
        let part = try #require(try channel.readInbound(as: HTTPRequestPart.self))
        guard case .head(let head) = part else { throw CancellationError() }
        return head
    }

    @Test func `what nginx passes on without a word is seen to be passed on`() throws {
        let head = try head(
            of: "GET /v1/runs HTTP/1.0\r\nHost: 127.0.0.1:9568\r\nConnection: close\r\n\r\n")
        #expect(Forwarding.isForwarded(head.headerFields))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ])
    func `what an ordinary client sends is not`(text: String) throws {
        #expect(!Forwarding.isForwarded(try head(of: text).headerFields))
    }
}
