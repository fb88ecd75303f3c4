import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Gives requests that a proxy passed on without a word the header that it should have added.
///
/// With nothing but `proxy_pass`, nginx before 1.29.7 sends HTTP/1.0 with `Connection: close`. Clients of HTTP/1.0 have no
/// reason to send that header, because it says what goes without saying.
///
/// Source: RFC 9110, section 7.6.3; nginx, `proxy_http_version`.
final class SilentProxyMark: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.version.major <= 1,
            head.version.minor == 0,
            head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }
            )
        else { return context.fireChannelRead(data) }
        head.headers.add(name: "via", value: "1.0 unnamed")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Puts the mark where requests still say their version, which those that the server's responder gets do not.
    final class Placing: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = NIOAny

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else {
                return
            }
            try? pipeline.addHandler(SilentProxyMark(), position: .before(codec))
        }
    }
}
