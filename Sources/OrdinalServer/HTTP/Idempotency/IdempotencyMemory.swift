import NIOConcurrencyHelpers
import Ordinal

/// Answers a request that is repeated under its `Idempotency-Key` as it was answered first, and does it once only.
///
/// A thin shell: one ``IdempotencyTable`` under one lock. Every rule is in the table; here requests wait and are woken,
/// always after the lock was let go. The memory is this process's: a restart forgets it.
final class IdempotencyMemory<Answer: Sendable>: Sendable {
    /// What came of the work on a request.
    enum Completion: Sendable {
        /// Something was handed out or changed, or may have been: repeats get this answer. It takes so many bytes, and its
        /// numbers belong to this life.
        case remember(Answer, bytes: Int, life: Life?)
        /// Nothing was handed out or changed: this answer is for one request, and a repeat is tried anew.
        case forget(Answer)
    }

    /// What a request is answered.
    struct Reply: Sendable {
        let answer: Answer
        /// Whether it was the answer to an earlier request.
        let isReplay: Bool
    }

    /// How much the memory holds.
    struct Usage: Hashable, Sendable {
        /// Keys that are worked on or remembered.
        var keys: Int
        /// Bytes of keys and answers, those included that answers under way may take.
        var bytes: Int
        /// Requests that wait for another's answer.
        var waiting: Int
    }

    fileprivate typealias Table = IdempotencyTable<Answer>

    fileprivate enum Wake: Sendable {
        case answer(Answer, of: Life?)
        case first(Table.Token)
        case timedOut
    }

    fileprivate struct State {
        var table: Table
        /// Those who wait, as long as the table knows them.
        var deliveries: [Table.Waiter: Delivery<Wake>] = [:]
        /// Whether the deadlines of those who wait are watched.
        var isWatched = false
    }

    /// How long the watch looks away at most: a new deadline may lie before all others.
    private static var longestPause: Duration { .milliseconds(100) }

    private let environment: Environment
    private let state: NIOLockedValueBox<State>

    init(_ limits: IdempotencyLimits = IdempotencyLimits(), environment: Environment = .system) {
        self.environment = environment
        state = NIOLockedValueBox(State(table: Table(limits)))
    }

    /// How much the memory holds at present.
    var usage: Usage {
        state.withLockedValue { Usage(keys: $0.table.keys, bytes: $0.table.bytes, waiting: $0.table.waiting) }
    }

    /// How many requests the shell holds something for; none, when nobody waits.
    var undelivered: Int { state.withLockedValue { $0.deliveries.count } }

    /// Does the work of a request, or answers as an earlier request under the same key was answered.
    ///
    /// The work runs in a task of its own. When the caller is cancelled because its client is gone, it goes on, and its
    /// answer is there for the repeat that will come. So it must end by itself, and it must not look at the caller's
    /// connection.
    ///
    /// - Parameters:
    ///   - room: How many bytes the answer takes at most. That much is kept free for it while it is worked on.
    ///   - deadline: How long to wait for the answer to another request, as a time of the environment's clock. The
    ///     caller's own work is waited for until it ends.
    ///   - life: The present life of the sequence; nil if it is not known or there is none. What is remembered of another
    ///     life does not count. It is asked after an answer was found, so that one given just now is not taken for old.
    ///   - work: Does what the request asks for.
    func perform(
        _ key: IdempotencyKey, _ fingerprint: RequestFingerprint, room: Int, deadline: Duration, life: () -> Life?,
        work: @escaping @Sendable () async -> Completion
    ) async throws(IdempotencyError) -> Reply {
        guard !Task.isCancelled else { throw .cancelled }
        /// The life of what was found, if it is over.
        func over(_ found: Life?) -> Life? {
            guard let found, let present = life(), present != found else { return nil }
            return found
        }
        var ended: Life?
        while true {
            let (beginning, delivery) = begin(key, fingerprint, room: room, ended: ended, deadline: deadline)
            switch beginning {
            case .first(let token):
                return try await carryOut(work, token)
            case .replay(let answer, let found):
                guard let life = over(found) else { return Reply(answer: answer, isReplay: true) }
                ended = life
            case .mismatch(let found):
                guard let life = over(found) else { throw .mismatch }
                ended = life
            case .wait(let waiter):
                switch try await wait(as: waiter, for: delivery) {
                case .first(let token):
                    return try await carryOut(work, token)
                case .answer(let answer, let found):
                    guard let life = over(found) else { return Reply(answer: answer, isReplay: true) }
                    ended = life
                case .timedOut:
                    throw .timedOut
                }
            case .full:
                throw .full
            case .tooManyWaiters:
                throw .tooManyWaiters
            }
        }
    }

    private func begin(
        _ key: IdempotencyKey, _ fingerprint: RequestFingerprint, room: Int, ended: Life?, deadline: Duration
    ) -> (Table.Beginning, Delivery<Wake>) {
        let delivery = Delivery<Wake>()
        let now = environment.now()
        let (beginning, mustWatch) = state.withLockedValue { state in
            let beginning = state.table.begin(
                key, fingerprint, room: room, ended: ended, deadline: deadline, now: now)
            guard case .wait(let waiter) = beginning else { return (beginning, false) }
            // Under the same lock, so that whoever decides about the waiter finds it.
            state.deliveries[waiter] = delivery
            defer { state.isWatched = true }
            return (beginning, !state.isWatched)
        }
        if mustWatch { environment.spawn { await self.watch() } }
        return (beginning, delivery)
    }

    private func wait(as waiter: Table.Waiter, for delivery: Delivery<Wake>) async throws(IdempotencyError) -> Wake {
        guard let wake = await delivery.value() else {
            state.withLockedValue { state in
                state.table.leave(waiter)
                state.deliveries[waiter] = nil
            }
            throw .cancelled
        }
        // It may have been made the first just before it was cancelled.
        if case .first(let token) = wake, Task.isCancelled {
            abandon(token)
            throw .cancelled
        }
        return wake
    }

    /// Does the work in a task that the caller's cancellation does not reach.
    private func carryOut(
        _ work: @escaping @Sendable () async -> Completion, _ token: Table.Token
    ) async throws(IdempotencyError) -> Reply {
        let own = Delivery<Answer>()
        environment.spawn {
            // First it is remembered, then told: whoever has the answer can repeat the request.
            switch await work() {
            case .remember(let answer, let bytes, let life):
                self.finish(token, answer, bytes: bytes, life: life)
                own.deliver(answer)
            case .forget(let answer):
                self.abandon(token)
                own.deliver(answer)
            }
        }
        guard let answer = await own.value() else { throw .cancelled }
        return Reply(answer: answer, isReplay: false)
    }

    private func finish(_ token: Table.Token, _ answer: Answer, bytes: Int, life: Life?) {
        let now = environment.now()
        let deliveries = state.withLockedValue { state in
            state.take(state.table.finish(token, answer, bytes: bytes, life: life, now: now))
        }
        for delivery in deliveries { delivery.deliver(.answer(answer, of: life)) }
    }

    /// Gives the work to whoever waits longest and is still there.
    private func abandon(_ token: Table.Token) {
        var token = token
        while true {
            let next = state.withLockedValue { state -> (deliveries: [Delivery<Wake>], token: Table.Token)? in
                guard let (waiter, successor) = state.table.abandon(token) else { return nil }
                return (state.take([waiter]), successor)
            }
            guard let next else { return }
            // One that was cancelled and has not left yet does not take it.
            if next.deliveries.contains(where: { $0.deliver(.first(next.token)) }) { return }
            token = next.token
        }
    }

    /// Ends the waiting of those whose time is over, for as long as anybody waits.
    private func watch() async {
        while let deadline = state.withLockedValue({ $0.nextDeadline() }) {
            let pause = min(deadline - environment.now(), Self.longestPause)
            // Nobody cancels this task; without the pause it would only look earlier.
            if pause > .zero { try? await environment.sleep(pause) }
            let now = environment.now()
            let deliveries = state.withLockedValue { state in state.take(state.table.expire(now: now)) }
            for delivery in deliveries { delivery.deliver(.timedOut) }
        }
    }
}

extension IdempotencyMemory.State {
    fileprivate mutating func take(
        _ waiters: [IdempotencyTable<Answer>.Waiter]
    ) -> [Delivery<IdempotencyMemory<Answer>.Wake>] {
        waiters.compactMap { deliveries.removeValue(forKey: $0) }
    }

    /// The deadline to wait for; nil if the watch may end.
    fileprivate mutating func nextDeadline() -> Duration? {
        let deadline = table.nextDeadline()
        if deadline == nil { isWatched = false }
        return deadline
    }
}
