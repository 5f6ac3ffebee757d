import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Ordinal

@Suite struct FallbackTests {
    private static func policy(_ fallback: SequencerPolicy.Fallback) -> SequencerPolicy {
        var policy = SequencerPolicy.small
        policy.fallback = fallback
        return policy
    }

    /// A node whose store does not answer any more, and which has nothing in hand.
    private func stranded(_ store: MemoryStore, _ fallback: SequencerPolicy.Fallback) async throws -> Node {
        let node = Node(store, policy: Self.policy(fallback), seed: .random(in: 0 ... .max))
        await node.sequencer.prepareFallback()
        _ = try await node.next("a")
        store.hang(.reserve)
        while node.live("a")?.take() != nil {}
        return node
    }

    private func afterWaiting<Answer: Sendable>(
        _ node: Node, _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await node.whileTimePasses(body)
    }

    @Test func whoWaitedInVainGetsAMarkedNumber() async throws {
        let store = MemoryStore()
        let node = try await stranded(store, .all)
        let first = try await afterWaiting(node) { try await node.next("a") }
        let start = try #require(store.record(.fallbackStarts)).ceiling
        #expect(first == 1 << 62 | start << 32, "bit 62, the start, counter 0")
        #expect(start <= 1 << 29, "there is room for more")
        #expect(Sequencer.isFallback(first) && !Sequencer.isFallback(SequenceOptions.highestNumber))
        let run = try await afterWaiting(node) { try await node.sequencer.next("a", count: 5) }
        #expect(run == Run(life: nil, first: first + 1, count: 5, increment: 1))
        let unknown = try await afterWaiting(node) { try await node.next("b") }
        #expect(unknown == first + 6, "one counter for all sequences")
        let told = node.events.withLockedValue {
            $0.compactMap { if case .fellBack(_, let count) = $0 { count } else { nil } }
        }
        #expect(told == [1, 5, 1])

        store.letGo()
        try await eventually("the refill came") { (node.sequencer.snapshot(of: "a")?.inHand ?? 0) > 0 }
        #expect(try await node.next("a") == 11, "the sequence goes on where it was")
    }

    @Test func everyStartHasItsOwn() async throws {
        let store = MemoryStore()
        var numbers: Set<Int64> = []
        for _ in 0..<5 {
            let node = try await stranded(store, .all)
            for _ in 0..<3 { numbers.insert(try await afterWaiting(node) { try await node.next("a") }) }
            store.letGo()
        }
        #expect(numbers.count == 15)
        let record = try #require(store.record(.fallbackStarts))
        #expect(record.ceiling - record.origin == 5, "one start number for each start, and no more")
    }

    /// A store that lost the start numbers, and a node that never had one: found by the simulation, seed 159644.
    @Test func aStoreThatLostTheStartNumbersBeginsElsewhere() async throws {
        var numbers: Set<Int64> = []
        for _ in 0..<3 {
            let node = try await stranded(MemoryStore(), .all)
            numbers.insert(try await afterWaiting(node) { try await node.next("a") })
        }
        #expect(numbers.count == 3)
    }

    @Test func onlyWhereItIsWanted() async throws {
        let off = try await stranded(MemoryStore(), .off)
        await #expect(throws: SequencerError.self) { try await afterWaiting(off) { try await off.next("a") } }
        let other = try await stranded(MemoryStore(), .only(["b"]))
        await #expect(throws: SequencerError.self) { try await afterWaiting(other) { try await other.next("a") } }
        let named = try await stranded(MemoryStore(), .only(["a"]))
        #expect(try await afterWaiting(named) { try await named.next("a") } > 1 << 62)
    }

    @Test func withoutAStartNumberThereIsNone() async throws {
        let store = MemoryStore()
        let node = Node(store, policy: Self.policy(.all))
        _ = try await node.next("a")
        store.failNext(.find, .refused(.unavailable("away")))
        await node.sequencer.prepareFallback()
        store.hang(.reserve)
        while node.live("a")?.take() != nil {}
        await #expect(throws: SequencerError.self) { try await afterWaiting(node) { try await node.next("a") } }
        store.letGo()
        await node.sequencer.prepareFallback()
        #expect(!node.sequencer.fallback.needsStart)
    }

    /// The store went back: the start numbers of its future do not come again.
    @Test func startsOfALostFutureDoNotComeAgain() async throws {
        let store = MemoryStore()
        let journal = MemoryJournal()
        var starts: [Int64] = []
        var copy = store.copy
        for round in 0..<4 {
            if round == 1 { copy = store.copy }
            if round == 3 { store.goBack(to: copy) }
            let node = Node(store, journal: journal, policy: Self.policy(.all), seed: UInt64(round))
            await node.sequencer.prepareFallback()
            starts.append((node.sequencer.fallback.take(1)?.first ?? 0) >> 32 & Fallback.highestStart)
        }
        #expect(Set(starts).count == 4 && !starts.contains(0), "\(starts)")
    }

    @Test func startNumbersCannotBeBegunAnew() async throws {
        let node = Node(MemoryStore(), policy: Self.policy(.all))
        await node.sequencer.prepareFallback()
        await #expect(throws: SequencerError.reserved) { try await node.sequencer.delete(.fallbackStarts) }
        await #expect(throws: SequencerError.reserved) {
            try await node.sequencer.set(.fallbackStarts, to: 0, mode: .force)
        }
    }

    @Test func bounds() {
        let fallback = Fallback()
        #expect(fallback.take(1) == nil)
        #expect(!fallback.begin(0) && !fallback.begin(1 << 30))
        #expect(fallback.begin(Fallback.highestStart))
        #expect(fallback.take(1 << 32 - 1)?.first == Int64.max - (1 << 32 - 1))
        #expect(fallback.take(2) == nil, "not so many are left")
        #expect(fallback.needsStart, "and the next request gets them from a new start")
        #expect(fallback.begin(1))
        #expect(fallback.take(1 << 32)?.last == 1 << 62 | (2 << 32 - 1))
        #expect(fallback.take(1) == nil)
    }
}
