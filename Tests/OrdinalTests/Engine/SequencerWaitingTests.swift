import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Ordinal

@Suite struct SequencerWaitingTests {
    @Test func overAHangingStoreAllFailTogether() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        store.hang(.reserve)
        while node.live("a")?.take() != nil {}
        let requests = (0..<50).map { _ in Task { try await node.next("a") } }
        try await eventually("all wait") { node.sequencer.snapshot(of: "a")?.waiting == 50 }
        try await eventually("somebody watches") { node.clock.sleepers > 0 }
        node.clock.advance(by: .seconds(5))
        for request in requests {
            await #expect(throws: SequencerError.self) { try await request.value }
        }
        #expect(node.sequencer.snapshot(of: "a")?.waiting == 0)
        store.letGo()
        try await eventually("the refill came after all") { (node.sequencer.snapshot(of: "a")?.inHand ?? 0) > 0 }
        #expect(try await node.next("a") == 11)
    }

    @Test func whoHasLessTimeHearsInTimeBehindOneWhoHasMore() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        store.hang(.reserve)
        while node.live("a")?.take() != nil {}
        let patient = Task { try await node.next("a") }
        try await eventually("one waits") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        let hasty = Task { try await node.sequencer.next("a", within: .seconds(1)) }
        try await eventually("both wait") { node.sequencer.snapshot(of: "a")?.waiting == 2 }
        try await eventually("somebody watches") { node.clock.sleepers > 0 }
        node.clock.advance(by: .seconds(1))
        try await eventually("one has heard") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        store.letGo()
        await #expect(throws: SequencerError.self) { try await hasty.value }
        #expect(try await patient.value == 11)
    }

    @Test func aRequestThatHasNoTimeLeavesNothingInMemory() async throws {
        let node = Node(MemoryStore())
        for _ in 0..<3 {
            await #expect(throws: SequencerError.self) { try await node.sequencer.next("a", within: .zero) }
        }
        #expect(node.sequencer.liveCount == 0)
        let told = node.events.withLockedValue { $0.count { if case .timedOut = $0 { true } else { false } } }
        #expect(told == 3)
    }

    @Test func oneSequenceDoesNotWaitForAnother() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        store.hang(.find)
        let unknown = (0..<40).map { index in
            let name = try? SequenceName("unknown \(index)")
            return Task { if let name { _ = try await node.next(name, creates: false) } }
        }
        try await eventually("sixteen at a time") { store.hungCalls == 16 }
        #expect(try await node.next("a") == 2)
        store.letGo()
        for request in unknown { await #expect(throws: SequencerError.missing) { try await request.value } }
    }

    @Test func cancellationTakesNothingAndLeaksNothing() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        let allocator = try #require(node.live("a"))
        while allocator.take() != nil {}
        for _ in 0..<20 {
            let before = try #require(node.sequencer.snapshot(of: "a"))
            store.hang(.reserve)
            try await eventually("nothing is in hand") {
                while allocator.take() != nil {}
                return store.hungCalls == 1
            }
            let requests = (0..<20).map { _ in Task { try await node.next("a") } }
            try await eventually("all wait") { node.sequencer.snapshot(of: "a")?.waiting == 20 }
            // Those who are cancelled race with the numbers that come for them.
            store.letGo()
            for request in requests { request.cancel() }
            var served = 0
            for request in requests {
                if case .success = await request.result { served += 1 }
            }
            let after = try #require(node.sequencer.snapshot(of: "a"))
            #expect(after.waiting == 0)
            #expect(after.issued - before.issued >= Int64(served))
        }
        #expect(allocator.undelivered == 0)
    }

    /// Whoever only wants to change the sequence does not stand behind those who wait for its numbers.
    @Test func changesDoNotWaitForNumbers() async throws {
        let store = MemoryStore()
        var policy = SequencerPolicy.small
        policy.maximumWaiters = 3
        let node = Node(store, policy: policy)
        _ = try await node.next("a")
        store.hang(.reserve)
        while node.live("a")?.take() != nil {}
        let requests = (0..<3).map { _ in Task { try await node.next("a", creates: false) } }
        try await eventually("all wait") { node.sequencer.snapshot(of: "a")?.waiting == 3 }
        #expect(try await node.sequencer.change("a", maximum: 1_000).options.maximum == 1_000)
        #expect(try await node.sequencer.delete("a"))
        store.letGo()
        for request in requests { await #expect(throws: SequencerError.missing) { try await request.value } }
    }

    /// The same while the sequence is looked up, with somebody in front who gets no number.
    @Test func changesDoNotWaitForNumbersBehindALookUp() async throws {
        let store = MemoryStore()
        _ = try await Node(store).next("a")
        let node = Node(store, seed: 2)
        store.hang(.find, .reserve)
        let first = Task { try await node.next("a", creates: false) }
        try await eventually("it waits") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        let deletion = Task { try await node.sequencer.delete("a") }
        try await eventually("both wait") { node.sequencer.snapshot(of: "a")?.waiting == 2 }
        store.letGo()
        store.hang(.reserve)
        #expect(try await deletion.value)
        store.letGo()
        await #expect(throws: SequencerError.missing) { try await first.value }
    }

    /// Those who wait for an answer that never comes hear it together, and not one after another.
    @Test func whenTheStoreCannotBeCountedAllHearItAtOnce() async throws {
        let store = MemoryStore()
        let node = Node(store)
        store.hang(.status)
        let requests = (0..<20).map { index in
            Task { try await node.sequencer.create(SequenceName("\(index)"), at: 0, options: .standard) }
        }
        try await eventually("one asks, for all") {
            store.hungCalls == 1 && node.sequencer.runner.creations.waiting == 19
        }
        store.failNext(.status, .refused(.unavailable("away")))
        store.letGo()
        for request in requests { await #expect(throws: SequencerError.self) { try await request.value } }
        #expect(store.count(of: .status) == 1)
    }

    @Test func anErrorNamesTheTimeThatWasToBeWaited() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        store.hang(.reserve)
        while node.live("a")?.take() != nil {}
        let error = try await node.whileTimePasses {
            await #expect(throws: SequencerError.self) { try await node.sequencer.next("a", within: .seconds(1)) }
        }
        #expect(error.map { "\($0)".hasPrefix("no number within 1.0 s") } == true, "\(String(describing: error))")
        store.letGo()
    }

    @Test func aCancelledRequestDoesNotHoldTheLine() async throws {
        let store = MemoryStore()
        let node = Node(store)
        store.hang(.find)
        let first = Task { try await node.sequencer.next("a", count: 50, creates: true) }
        try await eventually("it waits") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        let second = Task { try await node.next("a") }
        try await eventually("both wait") { node.sequencer.snapshot(of: "a")?.waiting == 2 }
        first.cancel()
        await #expect(throws: SequencerError.cancelled) { try await first.value }
        store.letGo()
        #expect(try await second.value == 1)
    }

    @Test func aFloodOfUnknownNamesIsBoundedAndLeavesNoMemory() async throws {
        let store = MemoryStore()
        var policy = SequencerPolicy.small
        policy.concurrentOpenings = 4
        policy.maximumOpenings = 50
        policy.maximumLive = 200
        let node = Node(store, policy: policy)
        store.hang(.find)
        let requests = (0..<500).map { index in
            Task { try await node.sequencer.next(SequenceName("made up \(index)")) }
        }
        try await eventually("four are looked up, fifty wait") {
            store.hungCalls == 4 && node.sequencer.liveCount == 54
        }
        store.letGo()
        var refused = 0
        for request in requests {
            switch await request.result {
            case .success: Issue.record("nothing was created")
            case .failure(let error):
                guard case SequencerError.overloaded = error else { continue }
                refused += 1
            }
        }
        #expect(refused >= 400)
        #expect(store.count(of: .find) <= 100)
        try await eventually("nothing stays in memory") { node.sequencer.liveCount == 0 }
    }

    @Test func creationsAreLimitedPerSecond() async throws {
        let store = MemoryStore()
        var policy = SequencerPolicy.small
        policy.creationsPerSecond = 5
        let node = Node(store, policy: policy)
        for round in 0..<2 {
            var created = 0
            for index in 0..<20 {
                do {
                    _ = try await node.next(SequenceName("\(round) \(index)"))
                    created += 1
                } catch let error as SequencerError {
                    guard case .creationRefused = error else { throw error }
                }
            }
            #expect(created == 5)
            node.clock.advance(by: .seconds(1))
        }
    }

    @Test func creationsAreLimitedInTotalEvenAllAtOnce() async throws {
        let store = MemoryStore(pause: { _ in await Task.yield() })
        var policy = SequencerPolicy.small
        policy.maximumSequences = 10
        let node = Node(store, policy: policy)
        store.hang(.status)
        let requests = (0..<40).map { index in Task { try await node.next(SequenceName("\(index)")) } }
        try await eventually("one asks how many there are, for all") {
            store.hungCalls == 1 && node.sequencer.runner.creations.waiting == 39
        }
        store.letGo()
        var created = 0
        for request in requests {
            if case .success = await request.result { created += 1 }
        }
        #expect(created == 10 && store.copy.live.count == 10)
        #expect(store.count(of: .status) == 1)
    }
}
