import NIOConcurrencyHelpers

/// Lets a few in at a time and keeps a bounded queue of others, first come first served.
final class Turnstile: Sendable {
    private struct State {
        var inside = 0
        var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var first: UInt64 = 0
        var next: UInt64 = 0
    }

    private let places: Int
    private let queueLimit: Int
    private let state = NIOLockedValueBox(State())

    init(places: Int, queueLimit: Int) {
        self.places = places
        self.queueLimit = queueLimit
    }

    /// How many wait for a place.
    var queued: Int { state.withLockedValue { $0.waiting.count } }

    /// Waits for a place, or answers false at once if too many wait already.
    func enter() async -> Bool {
        await withCheckedContinuation { continuation in
            // Decided in one step: two who both saw the last place in the queue would both have taken it.
            let isInside: Bool? = state.withLockedValue { state in
                guard state.inside >= places else {
                    state.inside += 1
                    return true
                }
                guard state.waiting.count < queueLimit else { return false }
                state.waiting[state.next] = continuation
                state.next += 1
                return nil
            }
            if let isInside { continuation.resume(returning: isInside) }
        }
    }

    /// Gives the place to whoever waits longest.
    func leave() {
        let next = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
            guard let continuation = state.waiting.removeValue(forKey: state.first) else {
                state.inside -= 1
                return nil
            }
            state.first += 1
            return continuation
        }
        next?.resume(returning: true)
    }
}
