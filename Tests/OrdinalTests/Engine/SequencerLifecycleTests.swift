import TestSupport
import Testing

@testable import Ordinal

@Suite struct SequencerLifecycleTests {
    @Test func idleSequencesLeaveMemoryWithoutAGap() async throws {
        let store = MemoryStore()
        let node = Node(store)
        let running = Task { await node.sequencer.run() }
        #expect(try await node.next("a") == 1)
        for _ in 0..<4 {
            try await eventually("it sleeps") { node.clock.sleepers >= 1 }
            node.clock.advance(by: .seconds(301))
            try await eventually("it sleeps again") { node.clock.sleepers >= 1 }
        }
        try await eventually("it leaves memory") { node.sequencer.liveCount == 0 }
        #expect(store.record("a")?.ceiling == 1)
        #expect(try await node.next("a") == 2)
        running.cancel()
        await running.value
    }

    @Test func evictionRacesWithUse() async throws {
        let store = MemoryStore(pause: { _ in await Task.yield() })
        let node = Node(store)
        let sweeping = Task {
            while !Task.isCancelled {
                node.live("a")?.sweep()
                await Task.yield()
            }
        }
        let all = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var mine: [Int64] = []
                    for _ in 0..<200 {
                        mine.append(try await node.next("a"))
                        await Task.yield()
                    }
                    #expect(mine == mine.sorted())
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        sweeping.cancel()
        await sweeping.value
        #expect(Set(all).count == all.count)
        #expect(await node.shutDown())
        #expect(all.max() == store.record("a")?.ceiling && all.count == Int(all.max() ?? 0), "no gap")
    }

    /// It would arrive at a ceiling below what it tells the store, and leave numbers out as after a loss.
    @Test(arguments: [false, true]) func nothingIsGivenBackWhileAnAdvanceIsUnderWay(stops: Bool) async throws {
        let store = MemoryStore()
        let node = Node(store)
        #expect(try await node.next("a") == 1)
        store.hang(.advance)
        let advance = Task { try await node.sequencer.advance("a", by: .to(3)) }
        try await eventually("it is under way") { store.hungCalls == 1 }
        let allocator = try #require(node.live("a"))
        for _ in 0..<3 { allocator.sweep() }
        if stops { allocator.stop() }
        #expect(store.count(of: .release) == 0)
        store.letGo()
        #expect(try await advance.value.ceiling == 10)
        if stops {
            try await eventually("it leaves memory") { node.sequencer.liveCount == 0 }
            #expect(store.record("a")?.ceiling == 3)
        } else {
            #expect(try await node.next("a") == 4)
        }
        #expect(node.gaps(.mending) == 0)
    }

    @Test func aStopThatLosesNumbersSaysSo() async throws {
        let store = MemoryStore()
        let (node, other) = (Node(store), Node(store, seed: 2))
        #expect(try await node.next("a") == 1)
        #expect(try await other.next("a") == 11)
        #expect(await !node.shutDown(), "the other reserved above: nine numbers cannot be given back")
        #expect(node.gaps(.notGivenBack) == 9)
        #expect(await other.shutDown())
    }

    @Test func shutDownIsBoundedOverAHangingStore() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        store.hang(.reserve)
        let waiting = Task { try await node.sequencer.next("a", count: 50) }
        try await eventually("it waits") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        let before = node.clock.now
        #expect(await node.shutDown(within: .seconds(2)) == false)
        #expect(node.clock.now - before < .seconds(4))
        await #expect(throws: SequencerError.stopping) { try await waiting.value }
        await #expect(throws: SequencerError.stopping) { try await node.next("a") }
        await #expect(throws: SequencerError.stopping) { try await node.next("b") }
        store.letGo()
        try await eventually("and goes back after all") { node.sequencer.liveCount == 0 }
        #expect(store.record("a")?.ceiling == 1)
    }

    /// A program that ends by cancelling its tasks stops in good order all the same.
    @Test func aCancelledTaskGivesBackWhatIsLeft() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.next("a")
        let stopping = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await node.sequencer.shutDown(within: .seconds(10))
        }
        #expect(try await node.whileTimePasses { await stopping.value })
        #expect(store.record("a")?.ceiling == 1)
    }

    /// Numbers of an exhausted sequence that are being given back are there again.
    @Test func whoComesWhileTheLastNumbersAreGivenBackGetsThem() async throws {
        let store = MemoryStore()
        let node = Node(store)
        _ = try await node.sequencer.create("a", at: 0, options: try SequenceOptions(increment: 1, maximum: 10))
        for number in 1...6 as ClosedRange<Int64> { #expect(try await node.next("a") == number) }
        try await eventually("the store has no more") { node.sequencer.snapshot(of: "a")?.isExhausted == true }
        store.hang(.release)
        let allocator = try #require(node.live("a"))
        while !allocator.sweep() {}
        let request = Task { try await node.next("a") }
        try await eventually("it waits") { node.sequencer.snapshot(of: "a")?.waiting == 1 }
        store.letGo()
        #expect(try await request.value == 7)
    }

    @Test func shutDownStopsAllEvenIfOneHangs() async throws {
        let store = MemoryStore()
        var policy = SequencerPolicy.small
        policy.creationsPerSecond = 10_000
        let node = Node(store, policy: policy)
        for index in 0..<1_100 { _ = try await node.next(SequenceName("\(index)")) }
        store.hang(.release)
        #expect(await node.shutDown(within: .milliseconds(100)) == false)
        for index in 0..<1_100 {
            let name = try SequenceName("\(index)")
            #expect(node.live(name)?.take() == nil, "afterwards nothing is handed out")
        }
        store.letGo()
    }
}
