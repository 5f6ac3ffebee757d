@testable import Ordinal

/// One node of a ``RandomWorld``: a chain, and what the shell round it would keep.
struct RandomNode {
    /// A call of the store, which may already have been performed when its reply is still on its way.
    struct Errand {
        let what: SegmentChain.Errand
        var outcome: SegmentChain.Outcome?
    }

    let index: Int
    var chain: SegmentChain
    var errand: Errand?
    var pauses: [Duration] = []
    /// Requests that wait, with how many numbers each wants.
    var waiting: [Ticket: Demand] = [:]
    var ready: Set<Ticket> = []
    /// Whether promises may have been broken: numbers in hand were cut or dropped since they were made.
    var isDisturbed = false
    var isGone = false
    var issued: Int64 = 0
    /// What outlives the chain: the last number by life, and up to where a SET went by life.
    var last: [Life: Int64] = [:]
    var passed: [Life: Int64] = [:]
    /// The journal, in the order in which it was written.
    var journal: [JournalEntry] = []
    private let random: SharedRandom

    init(index: Int, policy: SequencerPolicy, now: Duration, seed: UInt64) {
        self.index = index
        let random = SharedRandom(seed: seed)
        self.random = random
        chain = SegmentChain(
            name: "a", settings: SegmentChain.Settings(policy, random: { random.next() }), now: now)
    }

    /// Begins anew, as after a crash or after the sequence left memory.
    mutating func begin(policy: SequencerPolicy, now: Duration) {
        let random = random
        chain = SegmentChain(
            name: "a", settings: SegmentChain.Settings(policy, random: { random.next() }), now: now)
        errand = nil
        pauses = []
        waiting = [:]
        ready = []
        isDisturbed = false
        isGone = false
        issued = 0
    }

    mutating func keep(_ entry: JournalEntry) {
        journal.removeAll { $0.life == entry.life }
        journal.append(entry)
    }
}
