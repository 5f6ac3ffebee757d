import Synchronization
import TestSupport
import Testing

@testable import Ordinal

@Suite struct SequenceHandleTests {
    @Test func whoeverTakesGetsTheNextNumber() async throws {
        let node = Node(MemoryStore())
        var (one, other) = (node.sequencer.handle("a", creates: true), node.sequencer.handle("a"))
        #expect(one.take() == nil, "nothing is in memory")
        #expect(try await one.next() == 1)
        #expect(one.take() == 2)
        #expect(other.take() == 3)
        #expect(one.take() == 4)
        // A front in between.
        #expect(node.live("a")?.take() == 5)
        #expect(other.take() == 6)
        #expect(node.live("a")?.take(upTo: 2)?.first == 7)
        #expect(one.take() == 9)
        #expect(node.sequencer.snapshot(of: "a")?.issued == 9)
        #expect(try await other.next() == 10)
    }

    @Test func nobodyIsCreatedUnasked() async throws {
        let node = Node(MemoryStore())
        var handle = node.sequencer.handle("a")
        await #expect(throws: SequencerError.missing) { try await handle.next() }
    }

    @Test func theNextSegmentIsFetchedBeforeTheNumbersEnd() async throws {
        let store = MemoryStore()
        let node = Node(store, policy: .withSegments(of: 100))
        var handle = node.sequencer.handle("a", creates: true)
        #expect(try await handle.next() == 1)
        for number in 2...1_000 as ClosedRange<Int64> {
            if let taken = handle.take() {
                #expect(taken == number)
            } else {
                #expect(try await handle.next() == number)
            }
            // At half of a segment the next one is due, and whoever takes the next number makes it come.
            if number % 100 == 60 {
                try await eventually("the segment after \(number) is there") {
                    node.sequencer.snapshot(of: "a").map { $0.inHand > 100 } ?? false
                }
            }
        }
    }

    @Test func aCleanStopLeavesNoGap() async throws {
        let store = MemoryStore()
        let node = Node(store)
        var handle = node.sequencer.handle("a", creates: true)
        var last = try await handle.next()
        for _ in 0..<25 { last = try await handle.next() }
        #expect(await node.shutDown())
        #expect(store.record("a")?.ceiling == last)
        #expect(handle.take() == nil)
        await #expect(throws: SequencerError.stopping) { try await handle.next() }
    }

    @Test func aDeletedSequenceHasNoNumbersLeft() async throws {
        let node = Node(MemoryStore())
        var handle = node.sequencer.handle("a", creates: true)
        for number in 1...5 as ClosedRange<Int64> { #expect(try await handle.next() == number) }
        #expect(try await node.sequencer.delete("a"))
        #expect(handle.take() == nil)
        #expect(try await handle.next() == 1, "another life")
        #expect(handle.take() == 2)
    }

    @Test func aSetMovesIt() async throws {
        let node = Node(MemoryStore())
        var handle = node.sequencer.handle("a", creates: true)
        #expect(try await handle.next() == 1)
        #expect(handle.take() == 2)
        _ = try await node.sequencer.set("a", to: 5)
        #expect(handle.take() == 6)
    }

    @Test func manyTasksAndAFrontShareOneOrder() async throws {
        let store = MemoryStore(pause: { _ in await Task.yield() })
        let node = Node(store, policy: .withSegments(of: 64))
        let sweeping = Task {
            while !Task.isCancelled {
                node.live("a")?.sweep()
                await Task.yield()
            }
        }
        let highest = Highest()
        let all = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for index in 0..<6 {
                group.addTask {
                    var handle = node.sequencer.handle("a", creates: true)
                    var mine: [Int64] = []
                    for _ in 0..<5_000 {
                        let answered = highest.number.load(ordering: .sequentiallyConsistent)
                        let atHand = index == 0 ? node.live("a")?.take() : handle.take()
                        let number = if let atHand { atHand } else { try await handle.next() }
                        if number <= answered {
                            Issue.record("\(number) came after \(answered) was answered to another")
                        }
                        highest.number.max(number, ordering: .sequentiallyConsistent)
                        mine.append(number)
                    }
                    #expect(zip(mine, mine.dropFirst()).allSatisfy { $0 < $1 }, "in order for each of them")
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

    @Test func incrementsAndTheMaximumHold() async throws {
        let store = MemoryStore()
        let node = Node(store)
        try await node.sequencer.create("a", at: 0, options: try SequenceOptions(increment: 7, maximum: 100))
        var handle = node.sequencer.handle("a")
        var numbers: [Int64] = []
        do { while true { numbers.append(try await handle.next()) } } catch {
            #expect(error == .exhausted(maximum: 100))
        }
        #expect(numbers == Array(stride(from: 7, through: 98, by: 7)))
        #expect(handle.take() == nil)
        #expect(node.sequencer.snapshot(of: "a")?.issued == 14)
    }

    @Test func startNumbersOfTheFallbackAreNotForHandles() async throws {
        let node = Node(MemoryStore())
        var handle = node.sequencer.handle(.fallbackStarts, creates: true)
        #expect(handle.take() == nil)
        await #expect(throws: SequencerError.reserved) { try await handle.next() }
    }
}

/// The highest number that anybody was answered.
private final class Highest: Sendable {
    let number = Atomic<Int64>(0)
}
