import NIOConcurrencyHelpers
import Ordinal

/// Where SCANs that are under way go on. Redis has numbers for it, stores go on after a name.
///
/// A bounded number of them is remembered; the oldest give way, and a client that comes back with one hears to begin anew.
final class ScanCursors: Sendable {
    /// Where to go on: after a name, or at the beginning.
    struct Position: Sendable {
        let name: SequenceName?
    }

    private struct State {
        var names: [UInt64: SequenceName] = [:]
        var oldest: UInt64
        var next: UInt64
    }

    private let capacity: Int
    private let state: NIOLockedValueBox<State>

    /// - Parameter first: The first cursor. Chosen at random, so that a cursor of an earlier process is not taken for one
    ///   of this.
    init(capacity: Int = 10_000, first: UInt64 = .random(in: 1...(1 << 52))) {
        self.capacity = capacity
        state = NIOLockedValueBox(State(oldest: first, next: first))
    }

    /// What a cursor stands for, or nil if it is not known.
    func position(of cursor: UInt64) -> Position? {
        if cursor == 0 { return Position(name: nil) }
        return state.withLockedValue { $0.names[cursor] }.map { Position(name: $0) }
    }

    /// Makes a cursor that goes on after `name`.
    func keep(_ name: SequenceName) -> UInt64 {
        state.withLockedValue { state in
            let cursor = state.next
            state.names[cursor] = name
            state.next += 1
            if state.names.count > capacity {
                state.names[state.oldest] = nil
                state.oldest += 1
            }
            return cursor
        }
    }
}
