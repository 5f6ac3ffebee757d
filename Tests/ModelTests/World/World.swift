import NIOConcurrencyHelpers

@testable import Ordinal

/// Nodes, their store, what is on its way between them, and the observer's ledger: one state of the model.
struct World {
    /// What the store held before a change, and the journals at that time if they are restored with it.
    struct Past {
        let contents: StoreContents
        let journals: [[JournalEntry]]
    }

    /// What all chains have in common. The random source answers with the mark of the next reservation.
    final class Shared {
        let bound: Bound
        let broken: Rule?
        let settings: SegmentChain.Settings
        private let stamp = NIOLockedValueBox<UInt64>(0)

        init(_ bound: Bound, without broken: Rule?) {
            self.bound = bound
            self.broken = broken
            var policy = SequencerPolicy()
            policy.segmentSize = .fixed(segmentSize)
            policy.failoverOffset = broken == .failoverOffset ? 0 : offset
            settings = SegmentChain.Settings(policy) { [stamp] in stamp.withLockedValue { $0 } }
        }

        func setStamp(_ value: Int) { stamp.withLockedValue { $0 = UInt64(value) } }
    }

    let shared: Shared
    var nodes: [Node]
    var contents = StoreContents()
    /// What was answered before it was committed, if the rule against that is off.
    var uncommitted: StoreContents?
    var home = 0
    /// The newest last.
    var past: [Past] = []
    /// Requests that nobody waits for any more, and that may still arrive.
    var late: [Request] = []
    var ledger: Ledger
    /// How many reservations were begun.
    var reservations = 0
    var events = 0
    var lifeCount: UInt64 = 0
    /// The store went back and only what the nodes know shows it; until one of them reserves.
    var isFragile = false
    /// What happened in the last step, for a story.
    var notes: [String] = []
    var tellsStory = false

    init(_ shared: Shared) {
        self.shared = shared
        nodes = Array(repeating: Node(), count: shared.bound.nodes)
        ledger = Ledger(nodes: shared.bound.nodes)
        commit(.create(nextLife(), at: 0))
    }

    mutating func nextLife() -> Life {
        lifeCount += 1
        return Life(words: RandomWords(high: 0, low: lifeCount))
    }

    var homeNow: Home { Home(rawValue: String(home)) }

    /// Whether the store may do what a node asks for: reservations beyond the bound stay on their way.
    func isWithinBound(_ call: Call) -> Bool {
        guard uncommitted == nil else { return false }
        if case .reserve(let reservation) = call.request {
            return reservation.stamp.rawValue <= UInt64(shared.bound.reservations)
        }
        return true
    }

    /// The store does what it is asked to.
    @discardableResult
    mutating func commit(_ request: Request) -> Answer {
        var contents = contents
        let answer = contents.perform(request, home: homeNow, without: shared.broken)
        if case .reserve = request, shared.broken == .writeAhead {
            uncommitted = contents
        } else {
            commit(contents)
        }
        note("\(answer.text), \(contents.text)")
        return answer
    }

    mutating func commit(_ contents: StoreContents) {
        guard contents.live != self.contents.live || contents.tombstones != self.contents.tombstones else { return }
        past.append(Past(contents: self.contents, journals: journalsToKeep))
        if past.count > shared.bound.depth { past.removeFirst() }
        self.contents = contents
        ledger.committed(contents)
        isFragile = false
    }

    private var journalsToKeep: [[JournalEntry]] {
        shared.bound.restoresTogether ? nodes.map(\.journal) : []
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if tellsStory { notes.append(text()) }
    }
}
