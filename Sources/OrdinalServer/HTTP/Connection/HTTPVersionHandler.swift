import NIOCore
import NIOHTTP1

/// What of HTTP/1 is lost behind the codec: the version, and the client that waits before it sends its body.
final class HTTPVersionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let maximumBody: Int

    init(maximumBody: Int) { self.maximumBody = maximumBody }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        // A client of HTTP/1.0 that does not ask to keep the connection waits for its end.
        if !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if head.version != .http1_0, head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            // One that is too long is not to be sent: its client hears so at once.
            if Int(head.headers.first(name: "Content-Length") ?? "0") ?? 0 <= maximumBody {
                let goOn = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
            }
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
