import HTTPTypes
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Keeps one connection within its limits, and ends it in good order.
///
/// - A request must be in within its time, whatever small pieces it comes in.
/// - One that is answered before it is in, because it is too long, ends the connection: nothing more of it is read.
/// - A client that does not take its answers is cut off.
/// - When the server stops, answers under way are sent, and nothing new is begun.
///
/// The last answer is followed by a half-close, and what still comes is read and thrown away for a moment: closing with unread
/// input would reset the connection and take back what is already sent.
final class HTTPConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long to read on, after the last answer is sent, until the client closes.
    private static let lingering = TimeAmount.seconds(1)

    private let waits: PendingWaits
    private let maximumBody: Int
    private let requestTimeout: TimeAmount
    private let writeTimeout: TimeAmount
    private var conduct = HTTPConduct()
    private var requestDeadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?
    private var isInputClosed = false
    /// The end of the output has been written; nothing follows it.
    private var isOutputClosed = false
    /// The end of the output, and everything before it, has been sent.
    private var isSent = false
    private var hasBegunAnswer = false
    private var lastAnswer: EventLoopFuture<Void>?

    init(_ options: HTTPOptions, _ waits: PendingWaits) {
        self.waits = waits
        maximumBody = options.maximumBody
        requestTimeout = TimeAmount(options.requestTimeout)
        writeTimeout = TimeAmount(options.writeTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        waits.watch(context.channel)
        do { try addHandlersBefore(context) } catch { context.close(promise: nil) }
    }

    /// What this one needs before the codec, which is the first that a stream has.
    private func addHandlersBefore(_ context: ChannelHandlerContext) throws {
        let pipeline = context.pipeline.syncOperations
        guard !isStream(context) else { return try pipeline.addHandler(HTTP2LastData(), position: .first) }
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(HTTPVersionHandler(maximumBody: maximumBody), position: .before(codec))
        let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
        try pipeline.addHandler(HTTPHeadDeadline(requestTimeout), position: .before(encoder))
    }

    // MARK: - In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard conduct.takesIn(part) else { return }
        switch part {
        case .head: tell(.headIsIn, context)
        case .body: break
        case .end: tell(.requestIsIn, context)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Most requests are there at once, and cost no timer.
        if conduct.isReading, !conduct.isEnding, requestDeadline == nil { watchRequest(context) }
        context.fireChannelReadComplete()
        // Those behind may not want any more; what is thrown away must be read all the same.
        if conduct.isEnding { context.read() }
    }

    private func tell(_ progress: HTTPProgress, _ context: ChannelHandlerContext) {
        requestDeadline?.cancel()
        requestDeadline = nil
        if !isStream(context) { context.triggerUserOutboundEvent(progress, promise: nil) }
    }

    private func watchRequest(_ context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        requestDeadline = context.eventLoop.scheduleTask(in: requestTimeout) {
            let (handler, context) = loopBound.value
            handler.requestTimedOut(context)
        }
    }

    private func requestTimedOut(_ context: ChannelHandlerContext) {
        guard conduct.requestTimedOut(), !hasBegunAnswer else { return context.close(promise: nil) }
        let head = HTTPResponse(status: .requestTimeout, headerFields: [.contentLength: "0", .connection: "close"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let sent = context.eventLoop.makePromise(of: Void.self)
        lastAnswer = sent.futureResult
        context.write(wrapOutboundOut(.end(nil)), promise: sent)
        finish(context)
    }

    // MARK: - Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !conduct.isEnding else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            hasBegunAnswer = true
            // HTTP/2 has words of its own for it.
            if conduct.endsWithThisAnswer, !isStream(context) { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            hasBegunAnswer = false
            let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
            lastAnswer = sent.futureResult
            context.write(data, promise: sent)
            if conduct.answered() { finish(context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        writeDeadline = nil
        if !context.channel.isWritable { writeDeadline = closing(context.channel, in: writeTimeout) }
        context.fireChannelWritabilityChanged()
    }

    // MARK: - Ending

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            // Not passed on: whoever stands behind would close with input unread.
            if conduct.drain() { finish(context) }
        case ChannelEvent.inputClosed:
            isInputClosed = true
            if isSent { context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Whoever stands behind has said all: a client that asked for this may still leave its side open for ever.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, !conduct.isEnding else { return context.close(mode: mode, promise: promise) }
        finish(context, promise)
    }

    private func finish(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
        requestDeadline?.cancel()
        guard !isOutputClosed else {
            promise?.succeed()
            return
        }
        isOutputClosed = true
        let channel = context.channel
        let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
        context.flush()
        guard !isStream(context) else { return context.close(promise: sent) }
        if isInputClosed {
            // A half-close would be a whole one now, which drops what is not written yet.
            (lastAnswer ?? context.eventLoop.makeSucceededVoidFuture()).cascade(to: sent)
        } else {
            context.close(mode: .output, promise: sent)
        }
        let (handler, lingering) = (NIOLoopBound(self, eventLoop: context.eventLoop), Self.lingering)
        sent.futureResult.whenComplete { _ in
            handler.value.isSent = true
            if handler.value.isInputClosed { return channel.close(promise: nil) }
            channel.eventLoop.scheduleTask(in: lingering) { channel.close(promise: nil) }
        }
        _ = closing(channel, in: writeTimeout)
        context.read()
    }

    /// Whether this is a stream of HTTP/2, which has no connection to itself.
    private func isStream(_ context: ChannelHandlerContext) -> Bool { context.channel.parent?.parent != nil }

    private func closing(_ channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        requestDeadline?.cancel()
        writeDeadline?.cancel()
    }
}
