import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Ordinal

@Suite struct SequencerStoreWentBackTests {
    /// Takes numbers until a new segment had to be reserved.
    private func exhaust(_ node: Node, _ name: SequenceName) async throws -> Int64 {
        var last = try await node.next(name)
        while last < 10 { last = try await node.next(name) }
        return last
    }

    @Test func aMissingRowIsMadeAgainBeyondTheFloor() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let empty = store.copy
        #expect(try await node.next("a") == 1)
        let life = store.record("a")?.life
        store.goBack(to: empty)
        #expect(try await node.next("a", creates: false) == 2, "what is in hand is good")
        let next = try await node.sequencer.next("a", count: 60).first
        #expect(next > 1_010 && store.record("a")?.life == life)
        #expect(node.gaps(.mending) == 1_000)
    }

    @Test func anOlderLifeInItsPlaceIsReplaced() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        let older = store.copy
        _ = try await node.sequencer.set("a", to: 0, mode: .force)
        #expect(try await node.next("a") == 1)
        let life = store.record("a")?.life
        store.goBack(to: older)
        #expect(try await node.sequencer.next("a", count: 60).first > 1_010)
        #expect(store.record("a")?.life == life)
    }

    /// Two busy nodes: whichever way the first one notices the loss, it leaves out what the other may have handed out.
    @Test(arguments: ["look", "set", "restart", "reserve"])
    func whatIsLeftOutFollowsTheSegmentsThatTheStoreForgot(way: String) async throws {
        var policy = SequencerPolicy.small
        policy.segmentSize = .fixed(10_000_000)
        policy.failoverOffset = nil
        let (store, journal) = (MemoryStore(), MemoryJournal())
        let (node, other) = (Node(store, journal: journal, policy: policy), Node(store, policy: policy, seed: 2))
        let empty = store.copy
        _ = try await node.sequencer.create("a", at: 0, options: .standard)
        let older = store.copy
        let floor = try await node.next("a") + 10_000_000 - 1
        #expect(try await other.next("a") == floor + 1)
        store.goBack(to: way == "set" || way == "reserve" ? older : empty)
        switch way {
        case "look": _ = try await node.sequencer.find("a")
        case "set": _ = try await node.sequencer.set("a", to: floor + 5)
        case "restart": _ = try await Node(store, journal: journal, policy: policy, seed: 3).sequencer.find("a")
        default:
            #expect(node.live("a")?.take(10_000_000 - 1) != nil)
            _ = try await node.next("a")
        }
        #expect(try #require(store.record("a")).ceiling >= floor + 1_000_000_000)
    }

    /// A restarted node remembers how large its segments were, also where the older store still has the sequence.
    @Test func theJournalKnowsTheSizeThatAnOlderRowForgot() async throws {
        var policy = SequencerPolicy.small
        policy.segmentSize = .fixed(10_000_000)
        policy.failoverOffset = nil
        let (store, journal) = (MemoryStore(), MemoryJournal())
        let node = Node(store, journal: journal, policy: policy)
        _ = try await node.sequencer.create("a", at: 0, options: .standard)
        let older = store.copy
        _ = try await node.next("a")
        store.goBack(to: older)
        policy.segmentSize = .fixed(10)
        #expect(try await Node(store, journal: journal, policy: policy, seed: 2).next("a") > 1_000_000_000)
    }

    @Test func anOlderCeilingIsJumped() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.sequencer.create("a", at: 0, options: .standard)
        let older = store.copy
        #expect(try await node.next("a") == 1)
        store.goBack(to: older)
        #expect(try await node.sequencer.next("a", count: 60).first == 1_011)
    }

    @Test func theJournalMakesARestartedNodeNotice() async throws {
        for isRowMissing in [false, true] {
            let store = MemoryStore()
            let journal = MemoryJournal()
            let node = Node(store, journal: journal)
            let empty = store.copy
            _ = try await node.sequencer.create("a", at: 0, options: .standard)
            let older = store.copy
            _ = try await node.next("a")
            let life = store.record("a")?.life
            store.goBack(to: isRowMissing ? empty : older)
            let restarted = Node(store, journal: journal, seed: 2)
            #expect(try await restarted.next("a") >= 1_011)
            #expect(store.record("a")?.life == life)
        }
    }

    @Test func withoutTheJournalANewHomeIsNoticed() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.sequencer.create("a", at: 0, options: .standard)
        let older = store.copy
        _ = try await node.next("a")
        store.goBack(to: older, home: .second)
        #expect(try await Node(store, seed: 2).next("a") == 1_001)
    }

    @Test func aChangeOfASequenceThatTheStoreLostDoesNotForgetTheFloor() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let empty = store.copy
        #expect(try await exhaust(node, "a") == 10)
        let life = store.record("a")?.life
        // One that is under way would make the sequence again before it is changed.
        try await eventually("the refill is through") { node.sequencer.snapshot(of: "a")?.inHand == 10 }
        store.goBack(to: empty)
        #expect(try await node.sequencer.set("a", to: 100_000) == .moved)
        #expect(try await node.next("a") == 100_001 && store.record("a")?.life == life)
        #expect(node.gaps(.mending) == 1_000)
    }

    @Test(arguments: Change.allCases) func whatIsChangedOfASequenceThatTheStoreLostIsMendedFirst(change: Change)
        async throws
    {
        let store = MemoryStore()
        let node = Node(store)
        let empty = store.copy
        #expect(try await exhaust(node, "a") == 10)
        try await eventually("the refill is through") { node.sequencer.snapshot(of: "a")?.inHand == 10 }
        let life = try #require(store.record("a")?.life)
        store.goBack(to: empty)
        try await change.make(node.sequencer, "a")
        #expect(node.gaps(.mending) == 1_000)
        #expect(store.copy.tombstones.contains(life) == change.endsTheLife)
    }

    enum Change: CaseIterable {
        case delete, restart, advance, maximum

        var endsTheLife: Bool { self == .delete || self == .restart }

        func make(_ sequencer: Sequencer, _ name: SequenceName) async throws {
            switch self {
            case .delete: #expect(try await sequencer.delete(name))
            case .restart: #expect(try await sequencer.set(name, to: 5, mode: .force) == .restarted)
            case .advance: #expect(try await sequencer.advance(name, by: .by(5)).ceiling == 1_025)
            case .maximum: #expect(try await sequencer.change(name, maximum: 2_000_000).options.maximum == 2_000_000)
            }
        }
    }

    @Test func aLostSequenceWhoseMaximumIsNearIsMadeAgainExhausted() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let empty = store.copy
        let options = try SequenceOptions(maximum: 500)
        _ = try await node.sequencer.create("a", at: 0, options: options)
        #expect(try await node.sequencer.next("a", count: 60).first == 1)
        let floor = try #require(store.record("a")?.ceiling)
        store.goBack(to: empty)
        let restarted = Node(store, journal: nil, seed: 2)
        #expect(try await node.sequencer.find("a")?.ceiling == 500)
        #expect(node.gaps(.mending) == 500 - floor, "those that there are, and not the whole offset")
        await #expect(throws: SequencerError.exhausted(maximum: 500)) { try await restarted.next("a") }
        _ = try await restarted.sequencer.change("a", maximum: 1_000)
        #expect(try await restarted.next("a") == 501)
        #expect(try await restarted.sequencer.delete("a"))
    }

    @Test func aStoreThatWentBackIsToldThoughNoNumberIsLeft() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.sequencer.create("a", at: 0, options: try SequenceOptions(maximum: 500))
        let older = store.copy
        #expect(try await exhaust(node, "a") == 10)
        store.goBack(to: older)
        await #expect(throws: SequencerError.exhausted(maximum: 500)) {
            try await node.sequencer.next("a", count: 60)
        }
        #expect(
            node.events.withLockedValue { $0.contains { if case .wentBack("a", 1_000) = $0 { true } else { false } } })
    }

    @Test func aSetOverAStoreThatWentBackIsTold() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.sequencer.create("a", at: 0, options: .standard)
        let older = store.copy
        #expect(try await exhaust(node, "a") == 10)
        try await eventually("the refill is through") { node.sequencer.snapshot(of: "a")?.inHand == 10 }
        store.goBack(to: older)
        #expect(try await node.sequencer.set("a", to: 600) == .moved)
        #expect(try await node.next("a") == 1_021)
        #expect(node.gaps(.mending) == 1_000)
        #expect(
            node.events.withLockedValue { $0.contains { if case .wentBack("a", 1_000) = $0 { true } else { false } } })
    }

    @Test func aSequenceThatTheStoreLostIsNotCreatedAnew() async throws {
        let store = MemoryStore()
        let journal = MemoryJournal()
        let empty = store.copy
        #expect(try await Node(store, journal: journal).next("a") == 1)
        let life = store.record("a")?.life
        store.goBack(to: empty)
        let restarted = Node(store, journal: journal, seed: 2)
        await #expect(throws: SequencerError.exists) {
            try await restarted.sequencer.create("a", at: 5_000_000, options: .standard)
        }
        #expect(store.record("a")?.life == life)
        #expect(try await restarted.next("a") == 1_011)
    }

    @Test func aSequenceThatIsGivingBackRemembersItsLife() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let empty = store.copy
        #expect(try await node.next("a") == 1)
        let life = store.record("a")?.life
        store.hang(.release)
        let allocator = try #require(node.live("a"))
        allocator.sweep()
        allocator.sweep()
        try await eventually("the release is under way") { store.hungCalls == 1 }
        let request = Task { try await node.next("a") }
        try await eventually("it waits") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        store.goBack(to: empty)
        store.letGo()
        #expect(try await request.value > 1)
        #expect(store.record("a")?.life == life)
    }

    @Test func mendingLeavesOutWhatTheReservationSays() async throws {
        let store = MemoryStore()
        var policy = SequencerPolicy.small
        policy.segmentSize = .adaptive(minimum: 10, maximum: 1_000_000)
        policy.failoverOffset = nil
        policy.maximumRun = 1_000_000
        let node = Node(store, policy: policy)
        let empty = store.copy
        #expect(try await node.next("a") == 1)
        store.goBack(to: empty)
        let run = try await node.sequencer.next("a", count: 500_000)
        #expect(run.first > 50_000_000, "a hundred times what is asked for, and not of the smallest segment")
    }

    /// Both nodes know of the same numbers when the store is lost for the first time. One of them makes the sequence again,
    /// the other only hears of it; then the store is lost once more, and the other makes it again.
    @Test(arguments: [false, true]) func twoLossesOneAfterTheOtherAreMendedByDifferentNodes(isRowLost: Bool)
        async throws
    {
        let store = MemoryStore()
        let (one, other) = (Node(store), Node(store, seed: 2))
        let empty = store.copy
        _ = try await one.sequencer.create("a", at: 0, options: .standard)
        let old = isRowLost ? empty : store.copy
        // The history that is lost is longer than the one that begins anew.
        for maximum in [Int64(1_000_000), 2_000_000] { try await one.sequencer.change("a", maximum: maximum) }
        _ = try await one.next("a")
        _ = try await other.next("a")
        let listening = Task { await other.sequencer.run() }
        defer { listening.cancel() }
        try await eventually("the other listens") { store.count(of: .changes) > 0 }

        store.goBack(to: old)
        let first = try await one.sequencer.next("a", count: 60)
        #expect(first.first > 1_010)
        try await other.whileTimePasses {
            try await eventually("the other has heard of it") {
                other.sequencer.snapshot(of: "a")?.ceiling ?? 0 >= first.last
            }
        }
        let ceiling = try #require(store.record("a")?.ceiling)

        store.goBack(to: old)
        // Whoever looks at it makes it again, too, if it is lost.
        _ = try await other.sequencer.find("a")
        let second = try await other.sequencer.next("a", count: 60)
        #expect(second.first > ceiling, "beyond what the first node got after the first loss")
    }

    // MARK: - The journal

    @Test func theFloorIsThereBeforeTheFirstNumber() async throws {
        let journal = MemoryJournal()
        let node = Node(MemoryStore(), journal: journal)
        _ = try await node.next("a")
        #expect(journal.floor(of: "a") == 10)
    }

    @Test func aBrokenJournalIsReportedAndServiceGoesOn() async throws {
        let journal = MemoryJournal()
        journal.isBroken = true
        let node = Node(MemoryStore(), journal: journal)
        #expect(try await node.next("a") == 1)
        let failures = node.events.withLockedValue { $0.count { if case .journalFailed = $0 { true } else { false } } }
        #expect(failures > 0)
    }

    @Test func aRequiredJournalStopsTheNumbers() async throws {
        let journal = MemoryJournal()
        var policy = SequencerPolicy.small
        policy.requiresJournal = true
        let store = MemoryStore()
        let node = Node(store, journal: journal, policy: policy)
        #expect(try await node.next("a") == 1)
        journal.isBroken = true
        let run = Task { try await node.sequencer.next("a", count: 50) }
        await #expect(throws: SequencerError.self) {
            try await node.whileTimePasses { try await run.value }
        }
        #expect(store.count(of: .reserve) == 1, "no numbers are reserved that could not be handed out")
        #expect(node.gaps(.lostReply) == 0)
        journal.isBroken = false
        let next = try await node.whileTimePasses { try await node.next("a") }
        #expect(next == 2)
    }
}
