import NIOCore
import NIOTLS
import Ordinal
import RESP

/// The shell of a ``Conversation``: moves bytes between it and the socket, and performs suspended commands.
final class RedisConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the front tells all connections.
    enum Message: Sendable {
        /// The server stops: begin nothing, send what is owed, close.
        case drain
        /// A part of the idle time has passed: close if no command came in all of it.
        case idleTimePasses
    }

    /// How long to read on, after the last reply is sent, until the client closes.
    private static let lingering = TimeAmount.seconds(1)
    /// How long the client has to take the last replies.
    private static let sending = TimeAmount.seconds(5)
    /// In how many parts the idle time is measured.
    static let partsOfIdleTime = 4
    /// How long the client has to say who it is, the handshake of TLS included.
    private static let introduction = TimeAmount.seconds(10)
    /// What is always taken in behind a command that waits, in bytes: more than one turn of the event loop reads.
    private static let smallestBufferLimit = 1 << 20

    private var conversation: Conversation
    private let executor: EventLoopExecutor
    /// When the commands came in that are being done.
    private var arrival = NIODeadline.now()
    private let bufferLimit: Int
    private var isShakingHands: Bool
    private var introductionDeadline: Scheduled<Void>?

    /// The suspended command.
    private var task: Task<Void, Never>?
    /// Since when the commands wait that came in together, if all of them waited in vain so far: they wait together and not
    /// one after another.
    private var waitingSince: ContinuousClock.Instant?
    /// A read that was asked for while none was wanted.
    private var isReadOwed = false
    private var isInputClosed = false
    /// The last reply is on its way; what still comes in is read and thrown away.
    private var isLingering = false
    /// The last reply has been sent.
    private var isSent = false
    private var isStuck = false
    /// It is the turn of the other connections of the event loop; this one goes on after them.
    private var isYielding = false
    /// How many commands had been answered when it was last looked whether there are any, and in how many parts of the idle
    /// time there were none since.
    private var answeredBefore = 0
    private var idleParts = 0
    private var isDraining = false

    /// - Parameter isSecured: Whether the client speaks TLS, and so has to shake hands first.
    init(_ session: Session, executor: EventLoopExecutor, isSecured: Bool) {
        conversation = Conversation(session: session)
        bufferLimit = max(Self.smallestBufferLimit, session.services.options.limits.maxRequestLength * 2)
        self.executor = executor
        isShakingHands = isSecured
    }

    // MARK: - The beginning

    private var isIntroduced: Bool { !isShakingHands && conversation.session.role != nil }

    func channelActive(context: ChannelHandlerContext) {
        awaitIntroduction(context)
        context.fireChannelActive()
    }

    /// Gives a stranger some time. RESET makes a stranger of anybody.
    private func awaitIntroduction(_ context: ChannelHandlerContext) {
        guard !isIntroduced, introductionDeadline == nil else { return }
        let connection = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        introductionDeadline = context.eventLoop.scheduleTask(in: Self.introduction) {
            connection.value.handler.endUnlessIntroduced(connection.value.context)
        }
    }

    /// Strangers must not keep places for long that others want.
    private func endUnlessIntroduced(_ context: ChannelHandlerContext) {
        introductionDeadline = nil
        guard !isIntroduced, !isLingering, context.channel.isActive else { return }
        guard !isShakingHands else { return context.close(promise: nil) }
        conversation.breakOff(
            .error("no authentication within \(Self.introduction.nanoseconds / 1_000_000_000) seconds"))
        finish(context)
    }

    // MARK: - Reading

    /// No more is read than is wanted: not while a command is suspended or others have their turn, nor while the client does
    /// not take its replies.
    private var wantsToRead: Bool { isLingering || !isHeldUp }

    private var isHeldUp: Bool { conversation.isSuspended || isStuck || isYielding }

    func read(context: ChannelHandlerContext) {
        if wantsToRead { context.read() } else { isReadOwed = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else { return }
        if !conversation.isSuspended { arrival = .now() }
        var bytes = unwrapInboundIn(data)
        conversation.receive(&bytes)
        // At the end of the input everything is delivered at once, wanted or not.
        guard conversation.bufferedBytes <= bufferLimit || !conversation.isSuspended else {
            conversation.breakOff(.error("more than \(bufferLimit) bytes came in behind a command that waits"))
            task?.cancel()
            return finish(context)
        }
        if wantsToRead { proceed(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    private func proceed(_ context: ChannelHandlerContext) {
        switch conversation.proceed() {
        case .read:
            if !conversation.isSuspended { waitingSince = nil }
            if isInputClosed, !conversation.isSuspended { finish(context) }
        case .flush:
            flush(context)
            if !isStuck { yield(context) }
        case .suspend(let command, let arguments):
            suspend(command, arguments, context)
        case .close:
            finish(context)
        }
    }

    /// Lets the other connections of the event loop have their turn: a client with very many commands keeps nobody waiting
    /// for longer than a buffer of replies takes.
    private func yield(_ context: ChannelHandlerContext) {
        isYielding = true
        let connection = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = connection.value
            handler.isYielding = false
            if context.channel.isActive { handler.goOn(context) }
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        let replies = conversation.takeOutput(since: arrival)
        guard replies.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(replies), promise: nil)
        isStuck = !context.channel.isWritable
        conversation.recycle(replies)
        awaitIntroduction(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, isStuck {
            isStuck = false
            goOn(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Goes on after a pause: what is buffered first, then the socket.
    private func goOn(_ context: ChannelHandlerContext) {
        // A client that does not take its replies gets no more of them for now.
        if !isStuck || isDraining { proceed(context) }
        flush(context)
        if isReadOwed, wantsToRead {
            isReadOwed = false
            context.read()
        }
    }

    // MARK: - Suspended commands

    private func suspend(_ command: Command, _ arguments: Arguments, _ context: ChannelHandlerContext) {
        guard let work = command.suspended else { preconditionFailure("a command that is not immediate can suspend") }
        let session = conversation.session
        // Only used on the event loop, where the task runs.
        let connection = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let since = waitingSince ?? .now
        waitingSince = since
        let wait = session.services.sequencer.policy.wait
        let surroundings = SuspendedContext(
            services: session.services, role: session.role, client: session.client, deadline: since + wait,
            isConnected: { connection.value.context.channel.isActive && !connection.value.handler.isLingering })
        task = Task(executorPreference: executor) {
            let reply: RESPValue
            do throws(CommandError) { reply = try await work(arguments, surroundings) } catch {
                reply = .error(ErrorReply(error.text))
            }
            let (handler, context) = connection.value
            handler.resume(reply, context)
        }
    }

    private func resume(_ reply: RESPValue, _ context: ChannelHandlerContext) {
        task = nil
        guard context.channel.isActive, !isLingering else { return }
        if !reply.isOfWaitingInVain { waitingSince = nil }
        conversation.resume(with: reply)
        goOn(context)
    }

    // MARK: - Ending

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            if isLingering {
                if isSent { context.close(promise: nil) }
            } else if !isHeldUp {
                finish(context)
            }
        case Message.drain:
            isDraining = true
            conversation.end()
            // Whoever waits for a number has not got it; it hears that the node stops.
            task?.cancel()
            goOn(context)
        case Message.idleTimePasses:
            let isIdle = conversation.answered == answeredBefore && !conversation.isSuspended
            idleParts = isIdle ? idleParts + 1 : 0
            answeredBefore = conversation.answered
            // The first part may have begun in the middle.
            if idleParts > Self.partsOfIdleTime { context.close(promise: nil) }
        case TLSUserEvent.handshakeCompleted:
            isShakingHands = false
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Sends what is owed and ends the connection.
    ///
    /// Closing with unread input would reset the connection and take replies back that are already sent. So only our side
    /// is closed, and what still comes is read and thrown away until the client closes too.
    private func finish(_ context: ChannelHandlerContext) {
        guard !isLingering else { return }
        flush(context)
        isLingering = true
        let channel = context.channel
        let sent = context.eventLoop.makePromise(of: Void.self)
        if isInputClosed {
            // A half-close would be a whole one now, which drops what is not written yet.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        } else {
            context.close(mode: .output, promise: sent)
        }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { _ in
            handler.value.isSent = true
            if handler.value.isInputClosed { return channel.close(promise: nil) }
            channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        }
        context.eventLoop.scheduleTask(in: Self.sending) { channel.close(promise: nil) }
        if isReadOwed {
            isReadOwed = false
            context.read()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        task?.cancel()
        introductionDeadline?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Nothing to tell a client whose connection broke.
        context.close(promise: nil)
    }
}

extension RESPValue {
    /// Whether it is what those get who have waited in vain: an error that is worth a retry, or a number that belongs to no
    /// sequence.
    fileprivate var isOfWaitingInVain: Bool {
        switch self {
        case .error(let error): error.prefix == CommandError.retryPrefix
        case .array(let values): values.contains(where: \.isOfWaitingInVain)
        default: asInteger.map { Sequencer.isFallback($0) } ?? false
        }
    }
}
