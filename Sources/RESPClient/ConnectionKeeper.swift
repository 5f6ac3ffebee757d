/// The one connection of a client, from the first wish for it to the end: what to do about each event.
///
/// A value without I/O or clock. Its methods take what happened and return what is to be done; ``RESPClient`` does it.
/// `Caller` is whoever waits for a connection.
///
/// There is at most one attempt to connect at a time, begun by a call that needs it: a client that nobody uses does not
/// knock. Callers wait for an attempt only as long as nothing has failed. After a failure they learn of it at once, and
/// the next attempt is made without them: a caller who has another way is not held up by a server that hangs.
struct ConnectionKeeper<Connection, Caller> {
    /// The longest pause after an attempt that failed.
    static var longestPause: Duration { .milliseconds(500) }

    fileprivate enum Phase {
        case away
        case connecting
        case connected(Connection)
        case closed
    }

    private var phase = Phase.away
    /// Who waits for the attempt under way.
    private var waiting: [Caller] = []
    /// How many attempts in a row failed, how the last one did, and when the next may begin.
    private var failures = 0
    private var failure: RESPClientError?
    private var nextAttempt: ContinuousClock.Instant?

    enum Action {
        case use(Connection)
        /// The caller is told later.
        case wait
        /// The caller is told later; begin an attempt.
        case attempt
        case fail(RESPClientError)
        /// Fail, and begin an attempt all the same.
        case failAndAttempt(RESPClientError)
    }

    /// Somebody needs the connection.
    ///
    /// - Parameters:
    ///   - isOpen: Whether a connection still is.
    ///   - maximum: How many callers may wait.
    mutating func wish(
        of caller: Caller, now: ContinuousClock.Instant, waitingAtMost maximum: Int, isOpen: (Connection) -> Bool
    ) -> Action {
        switch phase {
        case .closed: return .fail(RESPClientError(.connectionClosed, "the client is closed"))
        case .connected(let connection) where isOpen(connection): return .use(connection)
        case .connecting:
            if let failure { return .fail(failure) }
            guard waiting.count < maximum else {
                return .fail(RESPClientError(.tooManyCommands, "\(maximum) commands already wait for a connection"))
            }
            waiting.append(caller)
            return .wait
        case .away, .connected:
            if let failure, let nextAttempt {
                guard now >= nextAttempt else { return .fail(failure) }
                phase = .connecting
                return .failAndAttempt(failure)
            }
            phase = .connecting
            waiting.append(caller)
            return .attempt
        }
    }

    /// The connection, if it is there and open: the way without a wish.
    func connection(isOpen: (Connection) -> Bool) -> Connection? {
        if case .connected(let connection) = phase, isOpen(connection) { connection } else { nil }
    }

    /// What came of an attempt: whom to tell, and whether nobody wants the connection any more.
    struct Settlement {
        var waiting: [Caller] = []
        var isUnwanted = false
    }

    /// An attempt has ended.
    ///
    /// - Parameter random: Between 0 and 1.
    mutating func attemptEnded(
        _ result: Result<Connection, RESPClientError>, now: ContinuousClock.Instant, random: Double
    ) -> Settlement {
        guard case .connecting = phase else { return Settlement(isUnwanted: true) }
        switch result {
        case .success(let connection):
            phase = .connected(connection)
            (failures, failure, nextAttempt) = (0, nil, nil)
        case .failure(let error):
            phase = .away
            failures += 1
            failure = error
            let pause = min(Self.longestPause, .milliseconds(10) * (1 << min(failures, 10)))
            nextAttempt = now + pause * (0.5 + random / 2)
        }
        defer { waiting = [] }
        return Settlement(waiting: waiting)
    }

    /// A connection is of no use any more. Answers whether it was the one that is kept.
    mutating func drop(_ isDropped: (Connection) -> Bool) -> Bool {
        guard case .connected(let connection) = phase, isDropped(connection) else { return false }
        phase = .away
        return true
    }

    /// The client closes: whom to tell, and what to close.
    mutating func close() -> (waiting: [Caller], connection: Connection?) {
        defer { (phase, waiting) = (.closed, []) }
        if case .connected(let connection) = phase { return (waiting, connection) }
        return (waiting, nil)
    }
}

extension ConnectionKeeper: Sendable where Connection: Sendable, Caller: Sendable {}
extension ConnectionKeeper.Phase: Sendable where Connection: Sendable {}
