import NIOConcurrencyHelpers

/// A caller who waits for an answer, not longer than until the deadline, and gets exactly one.
///
/// The thread that does what was asked for and the watch over deadlines agree here on who answers and on what may still be
/// said: no COMMIT is sent for a caller who was told that nothing happened.
final class Caller: Sendable {
    enum Phase: Sendable {
        /// Nothing has happened yet.
        case waiting
        /// The COMMIT is on its way.
        case committing
        case answered
    }

    /// When the caller stops waiting.
    let deadline: ContinuousClock.Instant
    private let phase = NIOLockedValueBox(Phase.waiting)

    init(deadline: ContinuousClock.Instant) { self.deadline = deadline }

    var isAnswered: Bool { phase.withLockedValue { $0 == .answered } }
    var isLate: Bool { deadline <= .now }

    /// Whether a COMMIT may be sent. From then on it cannot be said any more that nothing happened.
    func beginCommit() -> Bool {
        guard !isLate else { return false }
        return phase.withLockedValue { phase in
            guard phase == .waiting else { return false }
            phase = .committing
            return true
        }
    }

    /// Takes the right to answer and tells how far things were, or that there was an answer already.
    func answer() -> Phase {
        phase.withLockedValue { phase in
            defer { phase = .answered }
            return phase
        }
    }
}

/// Something that a caller waits for.
struct Call: Sendable {
    let caller: Caller
    /// Does it and tells its result.
    let run: @Sendable (StoreSession) -> Void
    /// Tells that it failed, unless there was an answer already.
    let fail: @Sendable (TransactionFailure) -> Void
    /// Tells that the time is over, unless there was an answer already.
    let expire: @Sendable () -> Void
}

extension Call {
    /// - Parameters:
    ///   - work: What is to be done.
    ///   - answer: Takes the result, once.
    init<Value: Sendable, Failure: Error>(
        from caller: Caller, _ work: @escaping @Sendable (StoreSession) throws(Failure) -> Value,
        orElse refusal: @escaping @Sendable (TransactionFailure) -> Failure,
        answer: @escaping @Sendable (Result<Value, Failure>) -> Void
    ) {
        self.caller = caller
        run = { session in
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try work(session)) } catch { result = .failure(error) }
            if caller.answer() != .answered { answer(result) }
        }
        fail = { failure in
            if caller.answer() != .answered { answer(.failure(refusal(failure))) }
        }
        expire = {
            let failure = MySQLFailure("the server did not answer in time, or no connection was free")
            switch caller.answer() {
            case .waiting: answer(.failure(refusal(.notDone(failure))))
            case .committing: answer(.failure(refusal(.unconfirmed(failure))))
            case .answered: break
            }
        }
    }
}
