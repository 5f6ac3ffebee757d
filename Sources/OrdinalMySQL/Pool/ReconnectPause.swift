import NIOConcurrencyHelpers

/// When a server that could not be connected to may be tried again: all connections to it wait together.
final class ReconnectPause: Sendable {
    private struct State {
        var failures = 0
        var lastFailure: MySQLFailure?
        var end = ContinuousClock.now
        /// Whether the tables were there once. From then on no new ones are made, which would begin at 1.
        var hasSeenTables = false
    }

    private static let shortest = Duration.milliseconds(25)
    private static let longest = Duration.milliseconds(500)

    private let state = NIOLockedValueBox(State())

    /// Does `connect`, or throws the last failure anew if that was just now.
    ///
    /// - Parameter connect: Takes whether the tables may be made if there are none.
    func connecting<Value>(_ connect: (_ mayBeNew: Bool) throws -> Value) throws -> Value {
        let (failure, mayBeNew) = state.withLockedValue { state in
            (state.end > .now ? state.lastFailure : nil, !state.hasSeenTables)
        }
        if let failure { throw failure }
        do {
            let value = try connect(mayBeNew)
            state.withLockedValue { state in
                state.failures = 0
                state.lastFailure = nil
                state.hasSeenTables = true
            }
            return value
        } catch let failure as MySQLFailure {
            state.withLockedValue { state in
                // 25 ms, 50, 100, …, and something by chance, so that many nodes do not come at once.
                let pause = min(Self.longest, Self.shortest * (1 << min(state.failures, 10)))
                state.failures += 1
                state.lastFailure = failure
                state.end = .now + pause * Double.random(in: 0.75...1.25)
            }
            throw failure
        }
    }
}
