import NIOCore
import Ordinal
import RESP

/// One connection as a state machine: bytes in, replies out, and what to do next.
///
/// Pure: it reads and writes no socket. ``RedisConnectionHandler`` is its shell.
///
/// Commands are done strictly in their order. One that cannot answer from memory suspends the conversation: nothing is
/// parsed until ``resume(with:)`` brings its reply, so that replies are in order by construction.
struct Conversation: ~Copyable {
    /// What the shell is to do when ``proceed()`` returns.
    enum Step {
        /// Wait for more bytes.
        case read
        /// Send what was written, and proceed when it went out.
        case flush
        /// Perform the command, then ``Conversation/resume(with:)``.
        case suspend(Command, Arguments)
        /// Send what was written, then close.
        case close
    }

    private enum Phase {
        case reading, suspended
        /// No command is begun any more: the server stops, or the client said something that nobody understands.
        case ended
    }

    private(set) var session: Session
    private var phase = Phase.reading
    /// Which command is suspended, or was last.
    private var suspendedIndex = 0
    private var parser: RequestParser
    private var input = ByteBuffer()
    /// How many commands of a transaction are still to be done. Until then they alone are in ``input``.
    private var replayed = 0
    /// What came in behind the transaction that is being done.
    private var behind = ByteBuffer()
    /// How many commands were answered.
    private(set) var answered = 0
    /// Whether the parser has the limits of a client that has not authenticated.
    private var isAnonymous: Bool
    private let table: CommandTable

    init(session: Session, table: CommandTable = .all) {
        self.session = session
        self.table = table
        isAnonymous = session.role == nil
        parser = RequestParser(limits: session.limits)
    }

    /// How many bytes came in that are no command yet.
    var bufferedBytes: Int { input.readableBytes + behind.readableBytes }
    var isSuspended: Bool { phase == .suspended }
    var hasOutput: Bool { session.writer.buffer.readableBytes > 0 }

    /// Takes in what the client sent.
    mutating func receive(_ bytes: inout ByteBuffer) {
        guard phase != .ended else { return }
        if replayed > 0 { Self.append(&bytes, to: &behind) } else { Self.append(&bytes, to: &input) }
    }

    private static func append(_ bytes: inout ByteBuffer, to buffer: inout ByteBuffer) {
        guard buffer.readableBytes > 0 else { return buffer = bytes }
        buffer.discardReadBytes()
        buffer.writeBuffer(&bytes)
    }

    /// Does commands until there are no more, or one has to wait, or enough was written.
    mutating func proceed() -> Step {
        do {
            while phase == .reading {
                guard session.writer.buffer.readableBytes < session.services.options.outputBuffer else { return .flush }
                guard let length = try parser.parse(&input) else { break }
                if let step = doCommand(length) { return step }
            }
        } catch {
            session.writer.writeError("ERR \(error)")
            phase = .ended
        }
        if phase == .ended {
            (input, behind) = (ByteBuffer(), ByteBuffer())
            return .close
        }
        // An idle connection keeps no buffer.
        if input.readableBytes == 0 { input = ByteBuffer() }
        return .read
    }

    /// Brings the reply of a suspended command. The shell then proceeds.
    mutating func resume(with reply: RESPValue) {
        guard phase == .suspended else { return }
        phase = .reading
        session.writer.write(reply)
        var isError = false
        if case .error = reply { isError = true }
        finishCommand(RedisMetrics.Kind(index: suspendedIndex, isError: isError))
    }

    /// Begins no further command: the server stops. One that is suspended is still answered.
    mutating func end() {
        let error = CommandError(SequencerError.stopping)
        while replayed > 0, phase == .reading {
            session.fail(error)
            replayed -= 1
        }
        session.isClosing = true
        if phase == .reading { phase = .ended }
    }

    /// Ends the conversation wherever it is, with an error.
    mutating func breakOff(_ error: CommandError) {
        session.fail(error)
        phase = .ended
        (input, behind) = (ByteBuffer(), ByteBuffer())
    }

    /// Takes out what was written, to be sent, for commands that came in at `arrival`.
    mutating func takeOutput(since arrival: NIODeadline) -> ByteBuffer {
        session.services.metrics.finish(&session.batch, since: arrival)
        defer { session.writer.buffer = ByteBuffer() }
        return session.writer.buffer
    }

    /// Brings a buffer back that was sent, so that its memory is used again.
    mutating func recycle(_ buffer: consuming ByteBuffer) {
        guard !hasOutput, buffer.capacity <= 16 * 1024 else { return }
        buffer.clear()
        session.writer.buffer = buffer
    }

    /// Does the command of `length` bytes that the parser found.
    private mutating func doCommand(_ length: Int) -> Step? {
        let start = session.writer.buffer.writerIndex
        guard let index = findCommand() else {
            let arguments = parser.arguments(of: input.readableBytesSpan)
            if !endIfHTTP() { refuse(.unknownCommand(arguments)) }
            endCommand(length, RedisMetrics.Kind(index: nil, isError: true))
            return nil
        }
        let command = table.commands[index]
        if let refusal = refusal(of: command) {
            if command.accepts(argumentCount: parser.argumentCount) || !endIfHTTP() { refuse(refusal) }
        } else if session.transaction != nil, !command.flags.contains(.notQueued) {
            enqueue(length)
        } else if let repeated = command.repeated {
            let times = Self.answered(repeated, repetitions(of: length), parser, input, &session)
            guard times > 0 else { return suspend(command, index, length) }
            endCommand(length, RedisMetrics.Kind(index: index, isError: false), times: times)
            return nil
        } else if !Self.isAnswered(command.immediate, parser, input, &session) {
            return suspend(command, index, length)
        }
        let isError = session.writer.buffer.getInteger(at: start) == UInt8(ascii: "-")
        endCommand(length, RedisMetrics.Kind(index: index, isError: isError))
        return nil
    }

    private mutating func suspend(_ command: Command, _ index: Int, _ length: Int) -> Step {
        let arguments = Arguments(values: parser.arguments(of: input.readableBytesSpan))
        input.moveReaderIndex(forwardBy: length)
        phase = .suspended
        suspendedIndex = index
        return .suspend(command, arguments)
    }

    /// How often the command of `length` bytes at the front of the input stands there in a row, as far as it can be
    /// answered at once: byte for byte the same, so nothing has to be parsed again.
    private func repetitions(of length: Int) -> Int {
        guard input.readableBytes >= 2 * length, !session.services.rates.isLimiting else { return 1 }
        let room = session.services.options.outputBuffer - session.writer.buffer.readableBytes
        // What is left of a transaction is answered with it, and what follows is not.
        let limit = min(replayed > 0 ? replayed : .max, max(1, room / 32))
        return input.readableBytesSpan.repetitions(of: length, limit: limit)
    }

    /// Lets a command answer from memory, so many times. Static, so that the compiler sees what it touches.
    private static func answered(
        _ repeated: Command.Repeated, _ times: Int, _ parser: borrowing RequestParser, _ input: borrowing ByteBuffer,
        _ session: inout Session
    ) -> Int {
        repeated(parser, input.readableBytesSpan, times, &session)
    }

    /// Lets a command answer from memory. Static, so that the compiler sees what it touches.
    private static func isAnswered(
        _ immediate: Command.Immediate?, _ parser: borrowing RequestParser, _ input: borrowing ByteBuffer,
        _ session: inout Session
    ) -> Bool {
        immediate?(parser, input.readableBytesSpan, &session) ?? false
    }

    /// Ends the connection if this is a line of HTTP. A web page can make a browser send one here, with commands in the
    /// body: they are not listened to.
    private mutating func endIfHTTP() -> Bool {
        let arguments = parser.arguments(of: input.readableBytesSpan)
        let (first, last) = (
            String(decoding: arguments[0], as: UTF8.self).uppercased(),
            String(decoding: arguments[arguments.count - 1], as: UTF8.self)
        )
        let isHTTP = first == "POST" || first == "HOST:" || last.hasPrefix("HTTP/1.") || last.hasPrefix("HTTP/2")
        guard isHTTP else { return false }
        session.fail(.error("this is the port for Redis clients, and that was HTTP"))
        session.isClosing = true
        return true
    }

    private func findCommand() -> Int? {
        CommandCode(input.readableBytesSpan.extracting(parser.argument(0))).flatMap { table.index($0) }
    }

    private func refusal(of command: Command) -> CommandError? {
        if session.role == nil, !command.flags.contains(.noAuth) {
            return CommandError(text: "NOAUTH Authentication required.")
        }
        guard command.accepts(argumentCount: parser.argumentCount) else {
            return .wrongArgumentCount("\(command.name)")
        }
        if let role = session.role, role < command.role {
            return .noPermission(command.lowercaseName)
        }
        if session.transaction != nil, command.flags.contains(.notInTransaction) {
            return .error("Command not allowed inside a transaction")
        }
        return rateLimit(command)
    }

    /// Only what is about sequences is limited: an operator gets through whatever happens.
    private func rateLimit(_ command: Command) -> CommandError? {
        let rates = session.services.rates
        guard rates.isLimiting, command.keys.first > 0, session.transaction == nil else { return nil }
        if let refusal = rates.check(session.client) { return CommandError(refusal) }
        for index in command.keys.indices(argumentCount: parser.argumentCount) {
            let name = input.readableBytesSpan.extracting(parser.argument(index))
            if let refusal = rates.check(name) { return CommandError(refusal) }
        }
        return nil
    }

    /// A command that is refused between MULTI and EXEC spoils the transaction.
    private mutating func refuse(_ error: CommandError) {
        session.transaction?.isAborted = true
        session.fail(error)
    }

    private mutating func enqueue(_ length: Int) {
        let limit = session.services.options.limits.maxRequestLength
        guard var transaction = session.transaction.take() else { return }
        defer { session.transaction = transaction }
        guard transaction.queue.readableBytes + length <= limit else {
            transaction.isAborted = true
            return session.fail(
                .error("the transaction is longer than \(limit) bytes (redis.max_request): send it in parts"))
        }
        transaction.queue.writeRequest(parser.arguments(of: input.readableBytesSpan))
        transaction.count += 1
        session.writer.writeSimple("QUEUED")
    }

    private mutating func endCommand(_ length: Int, _ kind: RedisMetrics.Kind, times: Int = 1) {
        input.moveReaderIndex(forwardBy: length * times)
        finishCommand(kind, times: times)
    }

    /// Behind every command: goes on with a transaction, or closes if the command was the last.
    private mutating func finishCommand(_ kind: RedisMetrics.Kind, times: Int = 1) {
        session.services.metrics.count(kind, times: times, in: &session.batch)
        answered += times
        if (session.role == nil) != isAnonymous {
            isAnonymous.toggle()
            parser.limits = session.limits
        }
        if replayed > 0 {
            replayed -= times
            if replayed == 0 {
                (input, behind) = (behind, ByteBuffer())
                parser.limits = session.limits
            }
        }
        if let transaction = session.executing.take(), transaction.count > 0 {
            replayed = transaction.count
            (input, behind) = (transaction.queue, input)
            // What was taken in is done: in the form in which it is kept it may be longer than when it came.
            parser.limits = RequestLimits(
                maxArguments: .max, maxBulkLength: .max, maxInlineLength: .max, maxRequestLength: .max)
        }
        if session.isClosing {
            while replayed > 0 {
                session.fail(CommandError(SequencerError.stopping))
                replayed -= 1
            }
            phase = .ended
        }
    }
}

extension RequestParser {
    /// Copies the arguments of the request out of `bytes`.
    borrowing func arguments(of bytes: RawSpan) -> [[UInt8]] {
        (0..<argumentCount).map { index in
            bytes.extracting(argument(index)).withUnsafeBytes { Array($0) }
        }
    }
}

extension CommandError {
    static func noPermission(_ command: String) -> CommandError {
        CommandError(text: "NOPERM this user has no permissions to run the '\(command)' command")
    }

    static func unknownCommand(_ arguments: [[UInt8]]) -> CommandError {
        let name = String(decoding: arguments[0].prefix(128), as: UTF8.self)
        let others = arguments.dropFirst().prefix(8).map { "'\(String(decoding: $0.prefix(128), as: UTF8.self))'" }
        return error("unknown command '\(name)', with args beginning with: \(others.joined(separator: " "))")
    }
}
