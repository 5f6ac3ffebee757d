import NIOCore

/// How far a request is, as ``HTTPConnectionGuard`` tells those who stand before it.
enum HTTPProgress: Sendable {
    /// The head is in; the body may still come.
    case headIsIn
    /// All of the request is in.
    case requestIsIn
}

/// Closes a connection whose client has begun a request and does not bring its head to an end.
///
/// It stands where bytes come in: whoever stands behind sees nothing of a head before all of it is there.
final class HTTPHeadDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let timeout: TimeAmount
    private var awaitsHead = true
    /// Whether anything came in since the last request was there.
    private var hasBegun = false
    private var deadline: Scheduled<Void>?

    init(_ timeout: TimeAmount) { self.timeout = timeout }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Before it is passed on: by then the request may be there, and nothing begun any more.
        hasBegun = true
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Most heads come in one piece, and cost no timer.
        guard awaitsHead, hasBegun, deadline == nil else { return }
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let progress = event as? HTTPProgress else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        deadline?.cancel()
        deadline = nil
        hasBegun = false
        awaitsHead = progress == .requestIsIn
        promise?.succeed()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }
}
