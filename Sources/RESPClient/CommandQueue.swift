import NIOCore
import RESP

/// The commands of one connection, from the call to the reply: what to do about each event.
///
/// A value without I/O or clock. Its methods take what happened and return what is to be done; the handler of the
/// connection does it. `Caller` is whoever waits for a reply.
///
/// Replies come in the order of the commands, so a command that nobody waits for any more keeps its place until its
/// reply has come, and one whose reply does not come in time ends the connection.
struct CommandQueue<Caller>: ~Copyable {
    /// A command and who waits for it.
    private struct Command {
        let id: Int
        /// Nil once the caller was cancelled.
        var caller: Caller?
        let deadline: NIODeadline
    }

    /// A caller and what to tell it.
    struct Failure {
        let caller: Caller
        let error: RESPClientError
    }

    /// All commands without a reply, in the order in which they were submitted.
    private var commands = CircularBuffer<Command>()

    /// How many of them, from the first on, were given to the channel.
    private var handedOver = 0

    /// When ``deadlineReached(now:)`` is due. It may be earlier than any deadline: those of answered commands stay.
    private var armed: NIODeadline?

    /// Why the connection is closed; nil while it is open.
    private var closeReason: RESPClientError?

    private let maxCommands: Int

    /// Whether all is over: what still comes in is to be ignored.
    var isClosed: Bool { closeReason != nil }

    init(maxCommands: Int) {
        self.maxCommands = maxCommands
    }

    enum SubmitAction {
        /// Write the command, and call ``deadlineReached(now:)`` at `arm` instead of when it was to be called before.
        case write(arm: NIODeadline?)
        case fail(Failure)
    }

    /// Somebody wants to send a command.
    mutating func submit(id: Int, caller: Caller, deadline: NIODeadline) -> SubmitAction {
        if let closeReason { return .fail(Failure(caller: caller, error: closeReason)) }
        guard commands.count < maxCommands else {
            let message = "\(maxCommands) commands already wait for their replies"
            return .fail(Failure(caller: caller, error: RESPClientError(.tooManyCommands, message)))
        }
        commands.append(Command(id: id, caller: caller, deadline: deadline))
        if let armed, armed <= deadline { return .write(arm: nil) }
        armed = deadline
        return .write(arm: deadline)
    }

    /// All commands written so far were given to the channel: the server may see them from now on.
    mutating func handOver() {
        handedOver = commands.count
    }

    enum ReceiveAction {
        case succeed(Caller)
        case ignore
        case close([Failure])
    }

    /// A reply came.
    mutating func receive(_ reply: RESPValue) -> ReceiveAction {
        if case .push = reply { return .ignore }
        guard handedOver > 0 else {
            return .close(close(RESPClientError(.protocolViolation, "the server sent a reply to no command")))
        }
        handedOver -= 1
        guard let caller = commands.removeFirst().caller else { return .ignore }
        return .succeed(caller)
    }

    /// The caller of a command does not want to wait any longer. Answers nil if it does not wait (any more).
    mutating func cancel(id: Int) -> Failure? {
        guard let index = commands.firstIndex(where: { $0.id == id }), let caller = commands[index].caller else {
            return nil
        }
        commands[index].caller = nil
        // The bytes of a command that is not handed over yet are written already and will be.
        return Failure(caller: caller, error: RESPClientError(.cancelled, "cancelled", outcome: .unknown))
    }

    enum DeadlineAction {
        case ignore
        /// Call again at this time.
        case arm(NIODeadline)
        case close([Failure])
    }

    /// The time that was armed has come.
    mutating func deadlineReached(now: NIODeadline) -> DeadlineAction {
        armed = nil
        guard let earliest = commands.lazy.map(\.deadline).min() else { return .ignore }
        guard earliest <= now else {
            armed = earliest
            return .arm(earliest)
        }
        let reason = RESPClientError(.connectionClosed, "the connection was closed: a command had no reply in time")
        return .close(
            close(reason) { $0 <= now ? RESPClientError(.timedOut, "the server did not reply in time") : reason }
        )
    }

    /// The connection is closed, or is to be: every command fails, those submitted later too.
    mutating func close(_ reason: RESPClientError) -> [Failure] {
        close(reason) { _ in reason }
    }

    private mutating func close(
        _ reason: RESPClientError, error: (_ deadline: NIODeadline) -> RESPClientError
    ) -> [Failure] {
        guard closeReason == nil else { return [] }
        closeReason = reason
        closeReason?.outcome = .notSent
        armed = nil
        var failures: [Failure] = []
        for (place, command) in commands.enumerated() {
            guard let caller = command.caller else { continue }
            var error = error(command.deadline)
            error.outcome = place < handedOver ? .unknown : .notSent
            failures.append(Failure(caller: caller, error: error))
        }
        commands.removeAll()
        handedOver = 0
        return failures
    }
}
