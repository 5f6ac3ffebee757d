import NIOCore
import RESP
import RESPClient

/// One connection: sends what its lane tells it to, and tells the lane what comes back.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A command that is on its way.
    private struct Command {
        /// When it was sent, or in an open loop when it was due.
        let begin: Int64
        let sequence: Int32
    }

    private let lane: LoadLane
    private let introduction: [[UInt8]]
    private let ready: EventLoopPromise<Void>
    private var context: ChannelHandlerContext?
    private var isReady = false
    private var parser = ReplyParser()
    /// The beginning of a reply whose end has not come.
    private var rest = ByteBuffer()
    private var output = ByteBuffer()
    private var commands = CircularBuffer<Command>()
    /// What came back, if somebody wants to look at it.
    private(set) var numbers: NumberRecord?

    /// Whether it is to be told to the lane's free ones as soon as a command is answered.
    var isWaitingForRoom = false
    /// How many commands are on their way.
    var inFlight: Int { commands.count }
    /// Whether commands can be sent.
    var isOpen: Bool { isReady && context != nil }

    /// - Parameters:
    ///   - introduction: A command to be answered first, such as AUTH; nothing if it is empty.
    ///   - ready: Is told when commands may be sent.
    init(_ lane: LoadLane, introduction: [[UInt8]], numbers: NumberRecord?, ready: EventLoopPromise<Void>) {
        self.lane = lane
        self.introduction = introduction
        self.numbers = numbers
        self.ready = ready
    }

    // MARK: - Sending

    /// Writes the next command to the output.
    func append(_ writer: inout RequestWriter, begin: Int64) {
        let sequence = writer.write(into: &output)
        commands.append(Command(begin: begin, sequence: Int32(sequence)))
    }

    /// Sends what was appended, all of it at once.
    func send() {
        guard let context, output.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        output.clear()
    }

    func close() { context?.close(promise: nil) }

    /// Forgets the commands on their way, and tells when each began.
    func abandon(_ body: (Int64) -> Void) {
        while let command = commands.popFirst() { body(command.begin) }
    }

    // MARK: - Receiving

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard introduction.isEmpty else {
            output.writeRequest(introduction)
            return send()
        }
        isReady = true
        ready.succeed()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if rest.readableBytes > 0 {
            rest.writeBuffer(&bytes)
            swap(&rest, &bytes)
            rest.clear()
        }
        let now = lane.now
        do throws(ReplyError) {
            while bytes.readableBytes > 0, let reply = try parser.parse(&bytes) {
                guard isReady else {
                    introduce(reply)
                    continue
                }
                guard let command = commands.popFirst() else { return lose("a reply to nothing") }
                receive(reply, of: command, at: now)
            }
        } catch {
            return lose("not a reply: \(error)")
        }
        // Without a need for it the buffer would not be free for the next read.
        if bytes.readableBytes > 0 { rest = bytes }
    }

    private func receive(_ reply: RESPValue, of command: Command, at now: Int64) {
        if case .error(let error) = reply { return lane.failed(error.description) }
        numbers?.add(reply, of: command.sequence)
        lane.answered(after: now - command.begin)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isReady { lane.proceed(self) }
        context.fireChannelReadComplete()
    }

    private func introduce(_ reply: RESPValue) {
        // Any answer to PING shows that there is a server; without a password it may be that one is needed.
        if case .error(let error) = reply, introduction.first.map({ Array("AUTH".utf8) == $0 }) ?? false {
            ready.fail(LoadError("the server refused the password: \(error)"))
            return close()
        }
        isReady = true
        ready.succeed()
    }

    // MARK: - The end

    func channelInactive(context: ChannelHandlerContext) {
        lose("the server closed the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { lose(FailureText.of(error)) }

    func handlerRemoved(context: ChannelHandlerContext) {
        ready.fail(LoadError("the connection was closed at once"))
        self.context = nil
    }

    private func lose(_ reason: String) {
        guard let context else { return }
        self.context = nil
        context.close(promise: nil)
        ready.fail(LoadError(reason))
        lane.lost(self, reason)
    }
}
