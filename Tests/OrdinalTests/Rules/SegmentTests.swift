import Testing

@testable import Ordinal

@Suite struct SegmentTests {
    @Test func countsItsNumbers() {
        #expect(Segment.sample(5, 5).count == 1)
        #expect(Segment.sample(1, 21, by: 10).count == 3)
        #expect(Segment.sample(1, SequenceOptions.highestNumber).count == SequenceOptions.highestNumber)
        #expect(Run(first: 3, count: 4, increment: 5).last == 18)
    }

    @Test(
        arguments: [
            (Int64.min, 1), (-9, 1), (0, 1), (1, 11), (10, 11), (11, 21), (20, 21), (21, nil), (.max, nil),
        ] as [(Int64, Int64?)])
    func liesAboveAFloor(floor: Int64, first: Int64?) {
        let above = Segment.sample(1, 21, by: 10).above(floor)
        #expect(above?.first == first)
        #expect(above == nil || above?.last == 21)
    }

    @Test func joinsOnlyWhatGoesOn() {
        let segment = Segment.sample(1, 10)
        #expect(segment.joined(with: .sample(11, 12, stamp: 2)) == .sample(1, 12, stamp: 2))
        #expect(segment.joined(with: .sample(12, 13)) == nil)
        #expect(segment.joined(with: .sample(11, 12, life: .two)) == nil)
        #expect(segment.joined(with: .sample(11, 13, by: 2)) == nil)
        #expect(Segment.sample(1, 11, by: 10).joined(with: .sample(21, 21, by: 10)) == .sample(1, 21, by: 10))
    }
}
