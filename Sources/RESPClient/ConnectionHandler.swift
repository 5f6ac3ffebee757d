import NIOCore
import RESP

/// Does what the ``CommandQueue`` of a connection decides: writes commands, reads replies, keeps one deadline.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Whoever waits for a reply.
    typealias Caller = CheckedContinuation<Result<RESPValue, RESPClientError>, Never>

    private var queue: CommandQueue<Caller>
    private var parser: ReplyParser
    private var context: ChannelHandlerContext?

    /// What came in and is not parsed yet.
    private var received = ByteBuffer()

    /// Commands that are not given to the channel yet.
    private var outgoing = ByteBuffer()
    private var isFlushScheduled = false
    private var deadline: NIOScheduledCallback?

    init(maxCommandsInFlight: Int, replyLimits: ReplyLimits) {
        queue = CommandQueue(maxCommands: maxCommandsInFlight)
        parser = ReplyParser(limits: replyLimits)
    }

    // MARK: From the callers, on the event loop

    func submit(_ arguments: [[UInt8]], id: Int, limit: TimeAmount, caller: Caller) {
        switch queue.submit(id: id, caller: caller, deadline: .now() + limit) {
        case .fail(let failure): fail([failure])
        case .write(let arm):
            outgoing.writeRequest(arguments)
            if let arm { self.arm(arm) }
            scheduleFlush()
        }
    }

    func cancel(id: Int) {
        if let failure = queue.cancel(id: id) { fail([failure]) }
    }

    func close(_ reason: RESPClientError) {
        finish(queue.close(reason))
    }

    // MARK: Writing

    /// Flushes after the tasks that are in the event loop's queue now: what they submit goes out in one write.
    private func scheduleFlush() {
        guard !isFlushScheduled, let context else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.flush()
        }
    }

    /// Gives the commands to the channel, unless it has enough to do: then they wait, and would be known to be unsent.
    private func flush() {
        guard let context, context.channel.isWritable, outgoing.readableBytes > 0 else { return }
        queue.handOver()
        // Taken first: the write may change the writability, which calls this method while it runs.
        let commands = outgoing
        outgoing = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(commands), promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        flush()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !queue.isClosed else { return }
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 {
            received = bytes
        } else {
            received.writeBuffer(&bytes)
        }
        do throws(ReplyError) {
            while let reply = try parser.parse(&received) {
                switch queue.receive(reply) {
                case .succeed(let caller): caller.resume(returning: .success(reply))
                case .ignore: break
                case .close(let failures): return finish(failures)
                }
            }
        } catch {
            close(RESPClientError(.protocolViolation, "the server sent something else than a reply: \(error)"))
        }
        // Only the incomplete tail stays in memory.
        if received.readableBytes == 0 {
            received = ByteBuffer()
        } else {
            received.discardReadBytes()
        }
    }

    // MARK: The deadline

    private func arm(_ time: NIODeadline) {
        deadline?.cancel()
        deadline = nil
        guard let context else { return }
        do {
            deadline = try context.eventLoop.assumeIsolated().scheduleCallback(at: time, handler: DeadlineHandler(self))
        } catch {
            // The event loop is shutting down, and closes the channel on its way.
            close(RESPClientError(.connectionClosed, "the client is shutting down"))
        }
    }

    fileprivate func deadlineReached() {
        deadline = nil
        switch queue.deadlineReached(now: .now()) {
        case .ignore: break
        case .arm(let time): arm(time)
        case .close(let failures): finish(failures)
        }
    }

    // MARK: The end

    /// Tells everybody, and closes the channel.
    private func finish(_ failures: [CommandQueue<Caller>.Failure]) {
        fail(failures)
        deadline?.cancel()
        deadline = nil
        outgoing.clear()
        context?.close(promise: nil)
    }

    private func fail(_ failures: [CommandQueue<Caller>.Failure]) {
        for failure in failures { failure.caller.resume(returning: .failure(failure.error)) }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        close(RESPClientError(.connectionClosed, "the connection is closed"))
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        close(RESPClientError(.connectionClosed, "the server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(RESPClientError(.connectionClosed, "the connection was lost: \(FailureText.of(error))"))
    }
}

/// Passes the deadline on, without keeping a closed connection in memory until it comes.
private struct DeadlineHandler: NIOScheduledCallbackHandler {
    private weak var handler: ConnectionHandler?

    init(_ handler: ConnectionHandler) {
        self.handler = handler
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        handler?.deadlineReached()
    }
}
