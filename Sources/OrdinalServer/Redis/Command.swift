import Ordinal
import RESP

/// One command of the Redis front.
final class Command: Sendable {
    /// Answers from memory: writes one reply and returns true, or writes nothing and returns false if it would have to
    /// wait. Where it answers false, there is a ``suspended`` that goes on.
    typealias Immediate = @Sendable (borrowing RequestParser, RawSpan, inout Session) -> Bool

    /// The same for a command that stands so many times in a row in the input: returns how many of them it answered.
    typealias Repeated = @Sendable (borrowing RequestParser, RawSpan, Int, inout Session) -> Int

    /// Answers with the connection suspended: for what needs the store, or has to wait for numbers.
    typealias Suspended = @Sendable (Arguments, SuspendedContext) async throws(CommandError) -> RESPValue

    struct Flags: OptionSet, Sendable {
        let rawValue: Int
        /// It changes something. A client must not cache its reply, nor send it to a replica.
        static let write = Flags(rawValue: 1)
        static let readOnly = Flags(rawValue: 2)
        /// It answers from memory.
        static let fast = Flags(rawValue: 4)
        /// It needs no authentication.
        static let noAuth = Flags(rawValue: 8)
        static let admin = Flags(rawValue: 16)
        /// It is done at once even inside a transaction.
        static let notQueued = Flags(rawValue: 32)
        /// It is refused inside a transaction.
        static let notInTransaction = Flags(rawValue: 64)
    }

    /// Which arguments are names, as Redis describes it: the first, the last (negative: from the end), the step.
    struct Keys: Sendable {
        let first: Int
        let last: Int
        let step: Int
        static let none = Keys(first: 0, last: 0, step: 0)
        static let one = Keys(first: 1, last: 1, step: 1)
        static let all = Keys(first: 1, last: -1, step: 1)

        /// Which arguments of so many are names of sequences.
        func indices(argumentCount count: Int) -> StrideThrough<Int> {
            stride(from: first, through: last < 0 ? count + last : last, by: max(step, 1))
        }
    }

    let name: StaticString
    /// How many arguments it takes, its name included; negative: at least so many.
    let arity: Int
    let flags: Flags
    let role: Role
    let keys: Keys
    let summary: String
    let immediate: Immediate?
    let repeated: Repeated?
    let suspended: Suspended?

    init(
        _ name: StaticString, arity: Int, _ flags: Flags, role: Role = .use, keys: Keys = .none, _ summary: String,
        immediate: Immediate? = nil, repeated: Repeated? = nil, suspended: Suspended? = nil
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.role = role
        self.keys = keys
        self.summary = summary
        self.immediate = immediate
        self.repeated = repeated
        self.suspended = suspended
    }

    func accepts(argumentCount count: Int) -> Bool { arity >= 0 ? count == arity : count >= -arity }
}

/// The arguments of a suspended command, copied out of the connection's buffer. The first is the command's name.
struct Arguments: Sendable {
    let values: [[UInt8]]

    var count: Int { values.count }

    subscript(index: Int) -> [UInt8] { values[index] }

    func name(_ index: Int) throws(CommandError) -> SequenceName {
        do { return try SequenceName(values[index]) } catch { throw .error("\(error)") }
    }

    func integer(_ index: Int) throws(CommandError) -> Int64 {
        let argument = values[index]
        guard let number = argument.span.bytes.decimalInteger else { throw .notAnInteger }
        return number
    }

    func text(_ index: Int) -> String { String(decoding: values[index], as: UTF8.self) }

    func matches(_ index: Int, _ word: StaticString) -> Bool {
        let argument = values[index]
        return argument.span.bytes.equalsIgnoringCase(word)
    }
}

/// Why a command answers with an error: the whole text, prefix included.
struct CommandError: Error, Sendable {
    let text: String

    static func error(_ message: String) -> CommandError { CommandError(text: "ERR \(message)") }

    static let notAnInteger = error("value is not an integer or out of range")
    static let syntax = error("syntax error")

    static func wrongArgumentCount(_ command: String) -> CommandError {
        error("wrong number of arguments for '\(command.lowercased())' command")
    }

    init(text: String) { self.text = text }

    /// What the text of an error begins with that is worth a retry.
    static let retryPrefix = "TRYAGAIN"

    init(_ refusal: RateRefusal) { text = "\(Self.retryPrefix) \(refusal)" }

    /// The prefix tells clients what to do: `TRYAGAIN` is worth a retry, `ERR` is not.
    init(_ error: SequencerError) {
        switch error {
        case .timedOut, .overloaded, .stopping, .unavailable: text = "\(Self.retryPrefix) \(error)"
        // Only a client that is still there hears it, and its request was given up because the node stops.
        case .cancelled: text = "\(Self.retryPrefix) \(SequencerError.stopping)"
        case .missing, .exhausted, .invalidRun, .wouldGoBack, .exists, .creationRefused, .tooManySequences, .reserved,
            .invalid, .unknownOutcome:
            text = "ERR \(error)"
        }
    }
}
