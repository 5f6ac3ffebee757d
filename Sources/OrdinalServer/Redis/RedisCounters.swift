import Synchronization

/// What the front counts. Commands are counted per connection and added once per packet.
final class RedisCounters: Sendable {
    private let open = Atomic<Int>(0)
    private let total = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let done = Atomic<Int>(0)

    var connections: Int { open.load(ordering: .relaxed) }
    var accepted: Int { total.load(ordering: .relaxed) }
    var rejected: Int { refused.load(ordering: .relaxed) }
    var commands: Int { done.load(ordering: .relaxed) }

    /// A connection comes. Answers whether there is room for it.
    func connected(limit: Int) -> Bool {
        total.add(1, ordering: .relaxed)
        let count = open.add(1, ordering: .relaxed).newValue
        guard count > limit else { return true }
        refused.add(1, ordering: .relaxed)
        return false
    }

    func disconnected() { open.subtract(1, ordering: .relaxed) }

    func did(commands: Int) {
        if commands > 0 { done.add(commands, ordering: .relaxed) }
    }
}
