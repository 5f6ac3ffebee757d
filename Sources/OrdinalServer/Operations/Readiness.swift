import NIOConcurrencyHelpers
import Ordinal

/// Whether numbers can be handed out now, for load balancers and people.
final class Readiness: Sendable {
    /// The answer at one moment.
    struct Answer: Sendable {
        let isReady: Bool
        let isStoreThere: Bool
        /// For how many seconds the store has been there, or away.
        let since: Double
        /// The shortest time that numbers in hand last, of all sequences in use; nil if none is.
        let runway: Double?
        /// Why not; nil if ready.
        let reason: String?
    }

    private struct State {
        var isStoreThere = false
        var changed = ContinuousClock.now
        var isStopping = false
        /// The last answer, and when it was made.
        var answer: Answer?
        var answered = ContinuousClock.now
    }

    private let state = NIOLockedValueBox(State())

    /// Takes from what the engine reports whether the store is there.
    func hear(_ event: SequencerEvent) {
        switch event {
        case .storeIsAway: storeIsAway()
        case .storeIsBack: storeIsThere()
        default: break
        }
    }

    func storeIsThere() { change(isThere: true) }

    func storeIsAway() { change(isThere: false) }

    /// The node stops: nobody should come any more.
    func stop() {
        state.withLockedValue { state in
            state.isStopping = true
            state.answer = nil
        }
    }

    private func change(isThere: Bool) {
        state.withLockedValue { state in
            if state.isStoreThere != isThere { state.changed = .now }
            state.isStoreThere = isThere
            state.answer = nil
        }
    }

    /// With the store away a node is ready for as long as every sequence in use has numbers in hand.
    func now(_ sequencer: Sequencer) -> Answer {
        let state = state.withLockedValue(\.self)
        // Everybody may ask, and often: the sequences are looked at now and then only.
        if let answer = state.answer, state.answered.duration(to: .now) < .milliseconds(250) { return answer }
        let used = sequencer.snapshots().filter { $0.rate > 0 && !$0.isExhausted }
        let runway = used.compactMap(\.runway).min()
        let lasts = !used.isEmpty && used.allSatisfy { $0.inHand > 0 && $0.waiting == 0 }
        let reason: String? =
            if state.isStopping {
                "this node is stopping"
            } else if !state.isStoreThere, !lasts {
                "the store is away, and numbers are not at hand; the log says why"
            } else {
                nil
            }
        let answer = Answer(
            isReady: reason == nil, isStoreThere: state.isStoreThere,
            since: state.changed.duration(to: .now) / .seconds(1), runway: runway, reason: reason)
        self.state.withLockedValue {
            $0.answer = answer; $0.answered = .now
        }
        return answer
    }
}
