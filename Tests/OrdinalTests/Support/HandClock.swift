import NIOConcurrencyHelpers

@testable import Ordinal

/// A clock that stands still until a test moves it.
final class HandClock: Sendable {
    private struct State {
        var now = Duration.seconds(1_000)
        var sleepers: [UInt64: (until: Duration, continuation: CheckedContinuation<Bool, Never>)] = [:]
        var next: UInt64 = 0
    }

    private let state = NIOLockedValueBox(State())

    var now: Duration { state.withLockedValue { $0.now } }
    var sleepers: Int { state.withLockedValue { $0.sleepers.count } }

    func advance(by duration: Duration) {
        let awake = state.withLockedValue { state in
            state.now += duration
            let awake = state.sleepers.filter { $0.value.until <= state.now }
            for id in awake.keys { state.sleepers[id] = nil }
            return awake.values.sorted { $0.until < $1.until }
        }
        for sleeper in awake { sleeper.continuation.resume(returning: true) }
    }

    func sleep(for duration: Duration) async throws {
        let id = state.withLockedValue { state in
            defer { state.next += 1 }
            return state.next
        }
        let hasSlept = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let ending = state.withLockedValue { state -> Bool? in
                    if Task.isCancelled { return false }
                    if duration <= .zero { return true }
                    state.sleepers[id] = (state.now + duration, continuation)
                    return nil
                }
                if let ending { continuation.resume(returning: ending) }
            }
        } onCancel: {
            let sleeper = state.withLockedValue { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(returning: false)
        }
        if !hasSlept { throw CancellationError() }
    }

    /// The machine's tasks, this clock, and seeded chance.
    func environment(seed: UInt64 = 1) -> Environment {
        let random = SharedRandom(seed: seed)
        return Environment(
            now: { self.now }, sleep: { try await self.sleep(for: $0) }, spawn: { work in Task { await work() } },
            random: { random.next() })
    }
}
