import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Hummingbird's channel for HTTP/1.1, whose requests are answered before they come to it if they can be answered at once.
struct PromptConnection<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let answerer: PromptAnswerer

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [answerer] value in
            // Behind it, so that it sees these requests and their answers too: it closes idle connections.
            let pipeline = channel.pipeline.syncOperations
            let states = try pipeline.handler(type: HTTPConnectionStateHandler.self)
            try pipeline.addHandler(PromptHandler(answerer), position: .after(states))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Keeps a request that may be answered at once until all of it is there. Whatever is not answered is passed on.
final class PromptHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let answerer: PromptAnswerer
    /// The request that is coming in, while it is kept.
    private var kept: (head: HTTPRequest, body: ByteBuffer, since: NIODeadline)?
    /// How many requests were passed on and are not answered yet: answers keep the order of their requests.
    private var passedOn = 0
    /// Whether those behind have seen anything of this connection.
    private var hasPassedOn = false
    private var mustFlush = false

    init(_ answerer: PromptAnswerer) { self.answerer = answerer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // A client that does not take its answers gets no more of them: those behind stop reading.
            if passedOn == 0, context.channel.isWritable, answerer.mayAnswer(head) {
                kept = (head, ByteBuffer(), .now())
            } else {
                (passedOn, hasPassedOn) = (passedOn + 1, true)
                context.fireChannelRead(data)
            }
        case .body(var part):
            guard kept != nil else { return context.fireChannelRead(data) }
            if kept?.body.readableBytes == 0 { kept?.body = part } else { kept?.body.writeBuffer(&part) }
            if let kept, kept.body.readableBytes > answerer.longestBody { passOn(context) }
        case .end:
            guard let (head, body, since) = kept, let answer = answerer.answer(head, body, since: since) else {
                passOn(context)
                return context.fireChannelRead(data)
            }
            kept = nil
            context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
            context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
            context.write(wrapOutboundOut(.end(nil)), promise: nil)
            mustFlush = true
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if mustFlush {
            mustFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { passedOn -= 1 }
        context.write(data, promise: promise)
    }

    // The request ends before it is whole: those behind know what to say of that.

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        passOn(context)
        if let event = event as? ChannelEvent, event == .inputClosed, !hasPassedOn {
            // Those behind would close at once: they know of no answer that is still on its way.
            return context.close(mode: .output, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passOn(context)
        context.fireErrorCaught(error)
    }

    private func passOn(_ context: ChannelHandlerContext) {
        guard let (head, body, _) = kept.take() else { return }
        (passedOn, hasPassedOn) = (passedOn + 1, true)
        context.fireChannelRead(wrapInboundOut(.head(head)))
        if body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(body))) }
    }
}
