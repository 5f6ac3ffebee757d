import NIOConcurrencyHelpers

/// Bounds the creation of sequences, per second and in total, so that a flood of made-up names cannot fill the store.
final class CreationLimit: Sendable {
    private struct State {
        var tokens: Double
        var refilledAt: Duration
        var sequences: Int?
        var countedAt: Duration
        /// How many creations were admitted in all.
        var admitted = 0
        /// How often the store was asked, and why the last time was in vain, if it was.
        var questions = 0
        var failure: SequencerError?
    }

    private let policy: SequencerPolicy
    private let now: @Sendable () -> Duration
    private let state: NIOLockedValueBox<State>
    /// One at a time asks the store, and tells those who come meanwhile.
    private let counting = Turnstile(places: 1, queueLimit: .max)

    init(_ policy: SequencerPolicy, now: @escaping @Sendable () -> Duration) {
        self.policy = policy
        self.now = now
        let tokens = Double(policy.creationsPerSecond)
        state = NIOLockedValueBox(State(tokens: tokens, refilledAt: now(), sequences: nil, countedAt: now()))
    }

    /// Admits one creation, or throws why not.
    func admit(to store: any SequenceStore) async throws(SequencerError) {
        if mustCount { try await count(store) }
        let now = now()
        let refusal = state.withLockedValue { state -> SequencerError? in
            let perSecond = Double(policy.creationsPerSecond)
            state.tokens = min(perSecond, state.tokens + max(0, (now - state.refilledAt).inSeconds) * perSecond)
            state.refilledAt = max(now, state.refilledAt)
            let sequences = state.sequences ?? 0
            guard sequences < policy.maximumSequences else {
                return .tooManySequences(limit: policy.maximumSequences)
            }
            guard state.tokens >= 1 else {
                return .creationRefused("more than \(policy.creationsPerSecond) new sequences in a second; try again")
            }
            state.tokens -= 1
            state.sequences = sequences + 1
            state.admitted += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    /// How many wait for somebody else's count.
    var waiting: Int { counting.queued }

    /// The store's own count is asked for once a second at most; between, creations are added to it.
    private var mustCount: Bool {
        state.withLockedValue { $0.sequences == nil || now() - $0.countedAt > .seconds(1) }
    }

    private func count(_ store: any SequenceStore) async throws(SequencerError) {
        let asked = state.withLockedValue(\.questions)
        _ = await counting.enter()
        defer { counting.leave() }
        // What somebody heard meanwhile holds for all who waited, also that there is no answer.
        let (begin, known) = (now(), state.withLockedValue(\.self))
        if known.questions > asked {
            if let failure = known.failure { throw failure }
            return
        }
        let count: Int
        do { count = try await store.status().sequences } catch {
            let failure = SequencerError(error)
            state.withLockedValue { state in
                state.questions += 1
                state.failure = failure
            }
            throw failure
        }
        state.withLockedValue { state in
            state.questions += 1
            state.failure = nil
            // Those admitted since may not be in the count yet; if they are, the next count corrects it.
            state.sequences = count + state.admitted - known.admitted
            state.countedAt = begin
        }
    }
}
