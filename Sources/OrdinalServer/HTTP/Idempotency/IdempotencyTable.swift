import Ordinal

/// The rules of an ``IdempotencyMemory``: which keys are worked on, which answers are remembered, who waits.
///
/// A key is *pending* while its first request is worked on, then *finished* for one lifetime. A finished one is never
/// dropped before its time: that would break the promise that a repeat gets the same answer. When there is no room, new
/// keys are refused.
struct IdempotencyTable<Answer: Sendable>: Sendable {
    /// Identifies the work on one key. Whoever has one must ``finish(_:_:bytes:life:now:)`` or ``abandon(_:)``.
    struct Token: Hashable, Sendable { fileprivate let number: UInt64 }

    /// Identifies a request that waits for the work of another.
    struct Waiter: Hashable, Sendable { fileprivate let number: UInt64 }

    /// What a request with a key is told.
    enum Beginning {
        /// Nobody has done it: do it.
        case first(Token)
        /// It was done, and this is the answer. The numbers in it belong to this life.
        case replay(Answer, of: Life?)
        /// It is being done: wait.
        case wait(Waiter)
        /// The key was used for another request, whose numbers belong to this life.
        case mismatch(of: Life?)
        /// There is no room for one more key.
        case full
        /// There is no room for one more who waits.
        case tooManyWaiters
    }

    private enum Phase {
        case pending(waiters: [Waiter])
        case finished(Answer, of: Life?, until: Duration)
    }

    private struct Entry {
        let key: IdempotencyKey
        let fingerprint: RequestFingerprint
        /// What is taken of the room for bytes: for the longest possible answer, then for the answer itself.
        var bytes: Int
        var phase: Phase
    }

    let limits: IdempotencyLimits
    private var tokens: [IdempotencyKey: Token] = [:]
    private var entries: [Token: Entry] = [:]
    private var waiters: [Waiter: Token] = [:]
    /// The finished ones in the order in which they are forgotten, and some that are gone already.
    private var expiries = TimedQueue<Token>()
    /// Those who wait in the order in which they give up, and some that are gone already.
    private var deadlines = TimedQueue<Waiter>()
    private var pending = 0
    private var nextNumber: UInt64 = 0
    /// The latest time that was told: it never goes back.
    private var latest = Duration.zero

    /// How many bytes of answers and keys are held or promised.
    private(set) var bytes = 0

    init(_ limits: IdempotencyLimits) { self.limits = limits }

    /// How many keys are worked on or remembered.
    var keys: Int { entries.count }
    /// How many requests wait.
    var waiting: Int { waiters.count }

    // MARK: - Events

    /// A request with a key comes.
    ///
    /// - Parameters:
    ///   - room: How many bytes the answer takes at most.
    ///   - ended: A life that is over: what is remembered of it does not count.
    ///   - deadline: When the request gives up waiting.
    mutating func begin(
        _ key: IdempotencyKey, _ fingerprint: RequestFingerprint, room: Int, ended: Life? = nil, deadline: Duration,
        now: Duration
    ) -> Beginning {
        latest = max(latest, now)
        if let token = tokens[key], let entry = entries[token] {
            switch entry.phase {
            case .finished(_, _, let end) where end <= latest: remove(token)
            case .finished(_, let life?, _) where life == ended: remove(token)
            case .finished(let answer, let life, _):
                return entry.fingerprint == fingerprint ? .replay(answer, of: life) : .mismatch(of: life)
            case .pending(let others):
                guard entry.fingerprint == fingerprint else { return .mismatch(of: nil) }
                guard others.count < limits.waitersPerKey, waiters.count < limits.waiters else {
                    return .tooManyWaiters
                }
                return .wait(join(token, behind: others, deadline: deadline))
            }
        }
        let bytes = key.byteCount + Self.sane(room)
        makeRoom(for: bytes)
        guard hasRoom(for: bytes) else { return .full }
        let token = Token(number: takeNumber())
        tokens[key] = token
        entries[token] = Entry(key: key, fingerprint: fingerprint, bytes: bytes, phase: .pending(waiters: []))
        self.bytes += bytes
        pending += 1
        return .first(token)
    }

    /// The work is done, and this is its answer, with numbers of this life.
    ///
    /// - Returns: Those who wait for it.
    mutating func finish(_ token: Token, _ answer: Answer, bytes: Int, life: Life?, now: Duration) -> [Waiter] {
        latest = max(latest, now)
        guard var entry = entries[token], case .pending(let woken) = entry.phase else { return [] }
        let end = latest + limits.lifetime
        self.bytes -= entry.bytes
        entry.bytes = entry.key.byteCount + Self.sane(bytes)
        self.bytes += entry.bytes
        entry.phase = .finished(answer, of: life, until: end)
        entries[token] = entry
        pending -= 1
        expiries.insert(token, at: end)
        for waiter in woken { waiters[waiter] = nil }
        return woken
    }

    /// The work ended, and nothing came of it that could not be done again.
    ///
    /// - Returns: Who does the work instead; nil if nobody waits for it.
    mutating func abandon(_ token: Token) -> (Waiter, Token)? {
        guard var entry = entries[token], case .pending(var others) = entry.phase else { return nil }
        guard !others.isEmpty else {
            remove(token)
            return nil
        }
        let next = others.removeFirst()
        waiters[next] = nil
        // A new token, so that the old one is worth nothing any more.
        let successor = Token(number: takeNumber())
        entry.phase = .pending(waiters: others)
        entries[token] = nil
        entries[successor] = entry
        tokens[entry.key] = successor
        for waiter in others { waiters[waiter] = successor }
        return (next, successor)
    }

    /// A request does not wait any longer.
    mutating func leave(_ waiter: Waiter) {
        guard let token = waiters.removeValue(forKey: waiter), var entry = entries[token] else { return }
        guard case .pending(let others) = entry.phase else { return }
        entry.phase = .pending(waiters: others.filter { $0 != waiter })
        entries[token] = entry
    }

    /// When the next request gives up waiting; nil if none waits.
    mutating func nextDeadline() -> Duration? {
        while let next = deadlines.next {
            if waiters[next.element] != nil { return next.time }
            deadlines.removeNext()
        }
        return nil
    }

    /// Takes out those who give up waiting.
    mutating func expire(now: Duration) -> [Waiter] {
        var expired: [Waiter] = []
        while let deadline = nextDeadline(), deadline <= now, let next = deadlines.next {
            leave(next.element)
            expired.append(next.element)
        }
        return expired
    }
}

extension IdempotencyTable {
    private mutating func join(_ token: Token, behind others: [Waiter], deadline: Duration) -> Waiter {
        let waiter = Waiter(number: takeNumber())
        entries[token]?.phase = .pending(waiters: others + [waiter])
        waiters[waiter] = token
        // Many may come and leave long before their deadlines.
        if deadlines.count >= 2 * waiters.count + 16 {
            let waiters = waiters
            deadlines.compact { waiters[$0] != nil }
        }
        deadlines.insert(waiter, at: deadline)
        return waiter
    }

    /// Those that are gone before their time keep their place in the queue, which is bounded with them.
    private func hasRoom(for bytes: Int) -> Bool {
        pending + expiries.count < limits.keys && bytes <= limits.bytes - self.bytes
    }

    /// Forgets answers whose time is over: always a few, so that memory does not stay in use, and as many as are needed.
    private mutating func makeRoom(for bytes: Int) {
        var looked = 0
        while let next = expiries.next, next.time <= latest, looked < 16 || !hasRoom(for: bytes) {
            looked += 1
            expiries.removeNext()
            remove(next.element)
        }
    }

    private mutating func remove(_ token: Token) {
        guard let entry = entries.removeValue(forKey: token) else { return }
        if case .pending = entry.phase { pending -= 1 }
        tokens[entry.key] = nil
        bytes -= entry.bytes
    }

    /// A size whose sums do not overflow, whatever was told.
    private static func sane(_ size: Int) -> Int { min(max(size, 0), 1 << 40) }

    private mutating func takeNumber() -> UInt64 {
        defer { nextNumber += 1 }
        return nextNumber
    }
}
