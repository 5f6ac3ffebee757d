import Testing

@testable import Ordinal

@Suite struct AllotmentTests {
    @Test func countsThroughAllOfThem() async throws {
        let node = Node(MemoryStore())
        var numbers = try await node.sequencer.allot("a", count: 25, creates: true)
        #expect(numbers.count == 25)
        for number in 1...25 as ClosedRange<Int64> { #expect(numbers.take() == number) }
        #expect(numbers.take() == nil && numbers.count == 0)
        #expect(try await node.next("a") == 26)
        #expect(node.gaps(.allotmentUnused) == 0)
    }

    @Test func whatIsLeftIsCounted() async throws {
        let node = Node(MemoryStore())
        func takeThree() async throws {
            var numbers = try await node.sequencer.allot("a", count: 10, creates: true)
            for number in 1...3 as ClosedRange<Int64> { #expect(numbers.take() == number) }
        }
        try await takeThree()
        #expect(node.gaps(.allotmentUnused) == 7)
        #expect(try await node.next("a") == 11, "nobody gets them")
    }

    @Test func theIncrementIsTheSequences() async throws {
        let node = Node(MemoryStore())
        try await node.sequencer.create("a", at: 0, options: try SequenceOptions(increment: 10, maximum: 30))
        var numbers = try await node.sequencer.allot("a", count: 3)
        #expect([numbers.take(), numbers.take(), numbers.take(), numbers.take()] == [10, 20, 30, nil])
    }

    @Test func refusesWhatNobodyCanHave() async throws {
        let node = Node(MemoryStore())
        await #expect(throws: SequencerError.self) { _ = try await node.sequencer.allot("a", count: 0) }
        await #expect(throws: SequencerError.missing) { _ = try await node.sequencer.allot("a", count: 1) }
    }
}
