import Testing

@testable import Ordinal

@Suite struct NumbersInHandTests {
    private func numbers(_ segments: Segment...) -> NumbersInHand {
        var numbers = NumbersInHand()
        for segment in segments { numbers.append(segment, above: 0) }
        return numbers
    }

    @Test func takesEveryNumberInItsOrder() {
        var numbers = numbers(.sample(1, 3), .sample(4, 4, stamp: 2), .sample(10, 11, stamp: 3))
        var taken: [Int64] = []
        while let number = numbers.take() { taken.append(number) }
        #expect(taken == [1, 2, 3, 4, 10, 11])
        #expect(numbers.count == 0 && numbers.first == nil && numbers.longest == 0)
        numbers.append(.sample(12, 12), above: 0)
        #expect(numbers.take() == 12)
    }

    @Test func keepsTheIncrement() {
        var numbers = numbers(.sample(1, 21, by: 10), .sample(31, 41, by: 10, stamp: 2))
        #expect(numbers.count == 5 && numbers.longest == 5)
        #expect(numbers.takeUpTo(2) == Run(first: 1, count: 2, increment: 10))
        #expect(numbers.take() == 21)
        #expect(numbers.takeUpTo(9)?.numbers == [31, 41])
    }

    @Test func takesUpToTheEndOfWhatIsContiguous() {
        var numbers = numbers(.sample(1, 3), .sample(5, 9))
        #expect(numbers.takeUpTo(0) == nil)
        #expect(numbers.takeUpTo(9)?.numbers == [1, 2, 3])
        #expect(numbers.takeUpTo(5)?.numbers == [5, 6, 7, 8, 9])
        #expect(numbers.takeUpTo(1) == nil)
    }

    @Test func aRunAbandonsWhatItPassesOver() throws {
        var numbers = numbers(.sample(1, 3), .sample(5, 6), .sample(10, 19))
        let taken = numbers.take(run: 4)
        let (run, abandoned) = try #require(taken)
        #expect(run.numbers == [10, 11, 12, 13] && abandoned == 5)
        #expect(numbers.take() == 14, "and never goes back")
        #expect(numbers.count == 5)
    }

    @Test func aRunThatFitsNowhereAbandonsNothing() {
        var numbers = numbers(.sample(1, 3), .sample(5, 7))
        #expect(numbers.take(run: 4) == nil)
        #expect(numbers.count == 6 && numbers.first == 1)
    }

    @Test(
        arguments: [(0, 0, 1), (1, 1, 2), (3, 3, 5), (4, 3, 5), (5, 4, 6), (8, 7, nil), (99, 7, nil)]
            as [(Int64, Int64, Int64?)])
    func cutsUpToANumber(floor: Int64, dropped: Int64, next: Int64?) {
        var numbers = numbers(.sample(1, 3), .sample(5, 8))
        #expect(numbers.cut(upTo: floor) == dropped)
        #expect(numbers.first == next && numbers.count == 7 - dropped)
    }

    @Test func cutsBetweenTwoNumbersOfAnIncrement() {
        var numbers = numbers(.sample(1, 31, by: 10))
        #expect(numbers.cut(upTo: 15) == 2)
        #expect(numbers.take() == 21)
    }

    @Test func whatIsLeftIsTheLastRun() {
        var numbers = numbers(.sample(1, 3), .sample(5, 8, stamp: 7))
        _ = numbers.take()
        let (remainder, _, lost) = numbers.takeRemainder()
        #expect(remainder == .sample(5, 8, stamp: 7) && lost == 2)
        #expect(numbers.count == 0)
    }

    @Test func adjacentSegmentsAreOneRunWithTheLastStamp() {
        var numbers = numbers(.sample(1, 10), .sample(11, 20, stamp: 2), .sample(21, 30, stamp: 3))
        for _ in 0..<4 { _ = numbers.take() }
        #expect(numbers.longest == 26)
        let (remainder, _, lost) = numbers.takeRemainder()
        #expect(remainder == .sample(5, 30, stamp: 3) && lost == 0)
    }

    @Test func nothingIsLeftOfWhatWasTaken() {
        var numbers = numbers(.sample(1, 2))
        _ = numbers.takeUpTo(2)
        #expect(numbers.takeRemainder().remainder == nil)
    }

    @Test func reachesTheHighestNumberAndStops() {
        let highest = SequenceOptions.highestNumber
        var numbers = numbers(.sample(highest - 1, highest))
        #expect(numbers.take() == highest - 1)
        #expect(numbers.take() == highest)
        #expect(numbers.take() == nil)
    }

    @Test func coversRunsWhateverTheOrderOfTaking() {
        var line = WaitingLine()
        line.join(4, as: 0, deadline: .zero, creates: false)
        _ = line.makeReady { _, _ in true }
        // Five numbers beside a promised run of four; but taking the one in front of a run breaks nothing only if the
        // longest run has room for both.
        #expect(!numbers(.sample(1, 2), .sample(5, 8)).covers(1, besides: line))
        #expect(numbers(.sample(1, 2), .sample(5, 9)).covers(1, besides: line))
        #expect(!numbers(.sample(1, 4), .sample(6, 9)).covers(2, besides: line))
    }

    @Test func coversSinglesAcrossSegments() {
        let line = WaitingLine()
        let numbers = numbers(.sample(1, 1), .sample(3, 3))
        #expect(numbers.covers(1, besides: line) && numbers.covers(0, besides: line))
        #expect(!numbers.covers(2, besides: line))
    }
}
