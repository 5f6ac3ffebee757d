import TestSupport
import Testing

@testable import Ordinal

@Suite struct SequencerChangesTests {
    @Test func setCreatesMovesAndRefuses() async throws {
        let node = Node(MemoryStore())
        #expect(try await node.sequencer.set("k", to: 100) == .created)
        #expect(try await node.next("k", creates: false) == 101)
        #expect(try await node.sequencer.set("k", to: 101) == .unchanged)
        #expect(try await node.next("k") == 102)
        #expect(try await node.sequencer.set("k", to: 105) == .moved)
        #expect(try await node.next("k") == 106)
        #expect(try await node.sequencer.set("k", to: 5_000) == .moved)
        #expect(try await node.next("k") == 5_001)
        #expect(try await node.sequencer.set("k", to: 1, mode: .ifMissing) == .exists)
        await #expect(throws: SequencerError.wouldGoBack(requested: 5_000, known: 5_001)) {
            try await node.sequencer.set("k", to: 5_000)
        }
        let text = SequencerError.wouldGoBack(requested: 1, known: 2).description
        #expect(text.contains("NX") && text.contains("FORCE"))
    }

    /// What another node did is known to whoever asks, before this node was told of it.
    @Test func aLifeThatEndedOnAnotherNodeIsNotMistakenForThePresentOne() async throws {
        let store = MemoryStore()
        let (node, other) = (Node(store), Node(store, seed: 2))
        for name in ["created", "missing", "moved", "same", "deleted", "advanced"] as [SequenceName] {
            for _ in 0..<10 { _ = try await node.next(name) }
            #expect(try await other.sequencer.delete(name))
        }
        _ = try await node.sequencer.create("created", at: 100, options: .standard)
        #expect(try await node.next("created") == 101)
        #expect(try await node.sequencer.set("missing", to: 3, mode: .ifMissing) == .created)
        #expect(try await node.next("missing") == 4)
        _ = try await other.sequencer.set("moved", to: 0)
        #expect(try await node.sequencer.set("moved", to: 5) == .moved)
        #expect(try await node.next("moved") == 6)
        #expect(try await node.sequencer.set("same", to: 10) == .created)
        #expect(try await node.next("same") == 11)
        _ = try await other.next("deleted")
        #expect(try await node.sequencer.delete("deleted"))
        #expect(store.record("deleted") == nil)
        _ = try await other.next("advanced")
        #expect(try await node.sequencer.advance("advanced", by: .to(500)).ceiling == 500)
        #expect(try await node.next("advanced") == 501)
    }

    /// The server listens before it hears of changes: what came into memory by then is looked up once more.
    @Test func whatChangedBeforeTheFirstMarkIsHeard() async throws {
        let store = MemoryStore()
        let (node, other) = (Node(store), Node(store, seed: 2))
        for name in ["moved", "ended"] as [SequenceName] { _ = try await node.next(name) }
        _ = try await other.sequencer.set("moved", to: 5_000)
        _ = try await other.sequencer.delete("ended")
        let hearing = Task { await node.sequencer.run() }
        try await eventually("it has heard") {
            node.sequencer.snapshot(of: "ended") == nil && node.sequencer.snapshot(of: "moved")?.next ?? 0 > 5_000
        }
        #expect(try await node.next("moved") > 5_000)
        await #expect(throws: SequencerError.missing) { try await node.next("ended", creates: false) }
        hearing.cancel()
        await hearing.value
    }

    @Test func setToZeroBeginsWithOne() async throws {
        let node = Node(MemoryStore())
        #expect(try await node.sequencer.set("k", to: 0) == .created)
        #expect(try await node.next("k") == 1)
        await #expect(throws: SequencerError.self) { try await node.sequencer.set("k", to: -1) }
    }

    @Test func forceBeginsANewLife() async throws {
        let store = MemoryStore()
        let node = Node(store)
        #expect(try await node.next("k") == 1)
        let life = store.record("k")?.life
        #expect(try await node.sequencer.set("k", to: 0, mode: .force) == .restarted)
        #expect(try await node.next("k") == 1)
        #expect(store.record("k")?.life != life)
    }

    @Test func deleteEndsALifeAndCreateBeginsAnother() async throws {
        let store = MemoryStore()
        let node = Node(store)
        #expect(try await node.sequencer.delete("k") == false)
        _ = try await node.next("k")
        #expect(try await node.sequencer.delete("k"))
        await #expect(throws: SequencerError.missing) { try await node.next("k", creates: false) }
        #expect(try await node.next("k") == 1)
    }

    @Test(arguments: [MemoryStore.Fault.lostBefore, .lostAfter])
    func aDeleteOfUnknownOutcomeForgetsTheMemory(fault: MemoryStore.Fault) async throws {
        let store = MemoryStore()
        let node = Node(store)
        #expect(try await node.next("k") == 1)
        store.failNext(.delete, fault)
        await #expect(throws: SequencerError.self) { try await node.sequencer.delete("k") }
        #expect(node.gaps(.notGivenBack) == 9)
        #expect(node.sequencer.liveCount == 0)
        switch fault {
        case .lostBefore: #expect(try await node.next("k", creates: false) == 11)
        default: await #expect(throws: SequencerError.missing) { try await node.next("k", creates: false) }
        }
    }

    @Test func aSetThatFailedChangesNothing() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("k")
        store.failNext(.advance, .refused(.unavailable("away")))
        await #expect(throws: SequencerError.unavailable("away")) { try await node.sequencer.set("k", to: 50) }
        #expect(try await node.next("k") == 2)
    }

    @Test func aDeleteIsHeardByWhoeverIsInMemoryWhenItIsConfirmed() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("k")
        store.hang(.delete)
        let delete = Task { try await node.sequencer.delete("k") }
        try await eventually("the DEL is under way") { store.hungCalls == 1 }
        let allocator = try #require(node.live("k"))
        allocator.sweep()
        allocator.sweep()
        try await eventually("it leaves memory") { node.sequencer.liveCount == 0 }
        #expect(try await node.next("k") == 2)
        store.letGo()
        #expect(try await delete.value)
        await #expect(throws: SequencerError.missing) { try await node.next("k", creates: false) }
    }

    @Test func advanceByLeavesNumbersOut() async throws {
        let node = Node(MemoryStore())
        _ = try await node.next("k")
        let record = try await node.sequencer.advance("k", by: .by(1_000))
        #expect(record.ceiling == 1_010)
        #expect(try await node.next("k") == 1_011)
    }

    @Test func theMaximumMayBeRaised() async throws {
        let node = Node(MemoryStore())
        _ = try await node.sequencer.create("k", at: 0, options: .sample(maximum: 2))
        #expect(try await node.next("k") == 1)
        #expect(try await node.next("k") == 2)
        await #expect(throws: SequencerError.exhausted(maximum: 2)) { try await node.next("k") }
        try await node.sequencer.change("k", maximum: 3)
        #expect(try await node.next("k") == 3)
        await #expect(throws: SequencerError.invalid(.maximumBelowCeiling(2, ceiling: 3))) {
            try await node.sequencer.change("k", maximum: 2)
        }
    }

    @Test func changesOfAnotherNodeAreHeard() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let other = Node(store, seed: 2)
        let running = Task { await node.sequencer.run() }
        try await eventually("it listens") { store.count(of: .changes) >= 1 && node.clock.sleepers >= 1 }
        #expect(try await node.next("moved") == 1)
        #expect(try await node.next("deleted") == 1)
        #expect(try await other.sequencer.set("moved", to: 5_000) == .moved)
        #expect(try await other.sequencer.delete("deleted"))
        #expect(try await node.next("moved") == 2, "until it hears of it")
        node.clock.advance(by: .milliseconds(500))
        try await eventually("it has heard") { node.sequencer.snapshot(of: "deleted") == nil }
        #expect(try await node.next("moved") == 5_001)
        await #expect(throws: SequencerError.missing) { try await node.next("deleted", creates: false) }
        running.cancel()
        await running.value
    }
}
