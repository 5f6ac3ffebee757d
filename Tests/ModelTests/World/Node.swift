@testable import Ordinal

/// One node: what it has in memory, what it asked the store, and its journal, which survives.
struct Node {
    /// The engine's own; nil while the sequence is not in memory.
    var chain: SegmentChain?
    /// The request that waits for a number.
    var ticket: Ticket?
    /// The errand of the chain.
    var call: Call?
    /// A SET or a delete.
    var change: Call?
    /// One entry for each life, the newest last.
    var journal: [JournalEntry] = []
    /// How many numbers it handed out.
    var served = 0

    mutating func keep(_ life: Life, floor: Int64) {
        journal.removeAll { $0.life == life }
        journal.append(JournalEntry(life: life, floor: floor, options: .standard))
    }

    func floor(of life: Life) -> Int64? { journal.first { $0.life == life }?.floor }

    /// Whether it asked for numbers and has not got the answer.
    var isReserving: Bool {
        if case .reserve = call?.errand { true } else { false }
    }

    var isDown: Bool { chain == nil && call == nil && change == nil }
}
