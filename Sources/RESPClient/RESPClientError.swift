/// Why a connection could not be made, or a command has no reply.
///
/// An error that the server sent is not one of these: it is a reply.
public struct RESPClientError: Error, Hashable, Sendable {
    /// The kind of failure.
    public struct Code: Hashable, Sendable {
        private enum Name: Hashable, Sendable {
            case cannotConnect, invalidTLS, refused, timedOut, connectionClosed, protocolViolation, tooManyCommands
            case invalidCommand, cancelled
        }

        private let name: Name

        /// There is no connection: nobody listens there, the host is not known, TLS failed …
        public static let cannotConnect = Code(name: .cannotConnect)
        /// The files or options for TLS are not right.
        public static let invalidTLS = Code(name: .invalidTLS)
        /// The server refused the user, the password or the version of the protocol.
        public static let refused = Code(name: .refused)
        /// There was no reply in time. The connection is closed.
        public static let timedOut = Code(name: .timedOut)
        /// The connection is closed, or was closed before the reply came.
        public static let connectionClosed = Code(name: .connectionClosed)
        /// The server sent what is not a reply, or a reply to nothing. The connection is closed.
        public static let protocolViolation = Code(name: .protocolViolation)
        /// As many commands as are allowed already wait for their replies.
        public static let tooManyCommands = Code(name: .tooManyCommands)
        /// A command without a name.
        public static let invalidCommand = Code(name: .invalidCommand)
        /// The calling task was cancelled.
        public static let cancelled = Code(name: .cancelled)
    }

    /// What became of the command.
    public enum Outcome: Hashable, Sendable {
        /// Nothing of the command was written: the server has not executed it and never will.
        case notSent
        /// The command was written. The server may have executed it, may yet do so, or may never have seen it.
        case unknown
    }

    /// The kind of failure.
    public var code: Code

    /// What became of the command; `notSent` if there is none.
    public var outcome: Outcome

    /// What happened, for people.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String, outcome: Outcome = .notSent) {
        self.code = code
        self.outcome = outcome
        self.message = message
    }
}

extension RESPClientError: CustomStringConvertible {
    /// The message, and whether the command may have been executed all the same.
    public var description: String {
        switch outcome {
        case .notSent: message
        case .unknown: "\(message); the command may have been executed"
        }
    }
}
