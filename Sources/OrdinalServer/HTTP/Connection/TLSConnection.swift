import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// How long clients of a connection with TLS may take, whatever protocol they come to speak.
struct TLSDeadlines: Sendable {
    /// From the first byte to the end of the handshake.
    let handshake: TimeAmount
    /// Without a byte from the client.
    let silence: TimeAmount
    /// From the handshake to the end.
    let age: TimeAmount
}

/// Hummingbird's channel for HTTPS, with an end for clients that bring nothing to an end.
///
/// It bounds the life of a connection only where its client plays along: there is no limit for a handshake, and one for
/// idle connections of HTTP/2 only if the client answers a PING.
struct TLSConnection<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let deadlines: TLSDeadlines

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [deadlines] value in
            let tls = try channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
            try channel.pipeline.syncOperations.addHandler(TLSDeadlineHandler(deadlines), position: .after(tls))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Closes a connection whose client exceeds its ``TLSDeadlines``. It stands where bytes come out of TLS.
final class TLSDeadlineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let deadlines: TLSDeadlines
    private var handshake: Scheduled<Void>?
    private var age: Scheduled<Void>?
    private var silence: RepeatedTask?
    private var wasHeard = true
    private var silentLooks = 0

    init(_ deadlines: TLSDeadlines) { self.deadlines = deadlines }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        handshake = context.eventLoop.scheduleTask(in: deadlines.handshake) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { handshakeCompleted(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func handshakeCompleted(_ context: ChannelHandlerContext) {
        let (channel, loop) = (context.channel, context.eventLoop)
        handshake?.cancel()
        age = loop.scheduleTask(in: deadlines.age) { channel.close(promise: nil) }
        // Two looks in the time: what comes in costs no timer, and silence is seen within one and a half of it.
        let (pause, handler) = (
            TimeAmount.nanoseconds(deadlines.silence.nanoseconds / 2), NIOLoopBound(self, eventLoop: loop)
        )
        silence = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in handler.value.look(channel) }
    }

    private func look(_ channel: any Channel) {
        silentLooks = wasHeard ? 0 : silentLooks + 1
        wasHeard = false
        if silentLooks >= 2 { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wasHeard = true
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        handshake?.cancel()
        age?.cancel()
        silence?.cancel()
    }
}
