import Testing

@testable import Ordinal

@Suite struct SequenceRecordRulesTests {
    private func reservation(
        _ count: Int64, above: Int64 = .min, offset: Int64 = 1_000, stamp: UInt64 = 1
    ) -> Reservation {
        Reservation(
            name: "a", life: .one, count: count, above: above, failoverOffset: .exactly(offset),
            stamp: Stamp(rawValue: stamp))
    }

    // MARK: - Reserve

    @Test func goesOnFromTheCeiling() throws {
        var record = SequenceRecord.sample(ceiling: 100)
        let first = try record.reserve(reservation(10), home: .first)
        #expect(first.segment.first == 101 && first.segment.last == 110 && first.skipped == 0)
        let next = try record.reserve(reservation(1, above: 110, stamp: 2), home: .first)
        #expect(next.segment.first == 111 && next.segment.last == 111 && next.skipped == 0)
        #expect(record.ceiling == 111 && record.stamp == Stamp(rawValue: 2))
    }

    @Test func aNewHomeLeavesNumbersOut() throws {
        var record = SequenceRecord.sample(ceiling: 100)
        let reserved = try record.reserve(reservation(10, above: 50), home: .second)
        #expect(reserved.segment.first == 1_101 && reserved.skipped == 1_000)
        #expect(record.home == .second)
        #expect(try record.reserve(reservation(1, above: 1_110), home: .second).skipped == 0)
    }

    @Test func aCeilingBelowTheFloorLeavesNumbersOutAboveTheFloor() throws {
        var record = SequenceRecord.sample(ceiling: 100)
        let reserved = try record.reserve(reservation(10, above: 101), home: .first)
        #expect(reserved.segment.first == 1_102 && reserved.skipped == 1_000)
    }

    /// A fresh node asks for few, but what the store lacks may be as large as the segments of a busy one.
    @Test func theOffsetGrowsWithTheSegmentsOfLate() throws {
        var record = SequenceRecord.sample(ceiling: 0)
        _ = try record.reserve(reservation(200_000), home: .first)
        #expect(record.recentSize == 200_000)
        let small = Reservation(
            name: "a", life: .one, count: 1, above: .min, failoverOffset: .standard, stamp: Stamp(rawValue: 1))
        #expect(try record.reserve(small, home: .second).skipped == 20_000_000)
        #expect(record.recentSize == 100_000, "it fades")
        #expect(try record.reserve(small, home: .first).skipped == 10_000_000)
        #expect(try record.reserve(small, home: .second).skipped == 5_000_000)
        #expect(try record.reserve(small, home: .first).skipped == 4_000_000, "never less than the minimum")
        let knowing = Reservation(
            name: "a", life: .one, count: 1, above: .min, failoverOffset: .standard, recentSize: 300_000,
            stamp: Stamp(rawValue: 1))
        #expect(try record.reserve(knowing, home: .second).skipped == 30_000_000, "a caller may know of larger ones")
        #expect(record.recentSize == 150_000)
        #expect(try record.reserve(reservation(1, offset: 7), home: .first).skipped == 7, "or what was asked for")
    }

    @Test func theOffsetIsInNumbers() throws {
        var record = SequenceRecord.sample(ceiling: 0, options: .sample(increment: 10))
        let reserved = try record.reserve(reservation(2), home: .second)
        #expect(reserved.segment == .sample(10_010, 10_020, by: 10) && reserved.skipped == 1_000)
    }

    @Test func aNegativeCeilingBeginsAtOne() throws {
        var record = SequenceRecord.sample(ceiling: -9, options: .sample(increment: 10))
        #expect(try record.reserve(reservation(3), home: .first).segment == .sample(1, 21, by: 10))
    }

    @Test(arguments: [(0, 10, 10), (95, 10, 5), (99, 1, 1), (90, 10, 10)] as [(Int64, Int64, Int64)])
    func fewerComeBackNearTheMaximum(ceiling: Int64, count: Int64, given: Int64) throws {
        var record = SequenceRecord.sample(ceiling: ceiling, options: .sample(maximum: 100))
        let segment = try record.reserve(reservation(count), home: .first).segment
        #expect(segment.count == given && segment.last <= 100)
    }

    @Test func aMaximumBetweenTwoNumbersIsNotPassed() throws {
        var record = SequenceRecord.sample(ceiling: 1, options: .sample(increment: 10, maximum: 20))
        #expect(try record.reserve(reservation(5), home: .first).segment == .sample(11, 11, by: 10))
        #expect(throws: StoreError.exhausted(maximum: 20)) { try record.reserve(reservation(1), home: .first) }
    }

    @Test func nothingWrapsAtTheEnd() throws {
        let highest = SequenceOptions.highestNumber
        var record = SequenceRecord.sample(ceiling: highest - 1)
        #expect(try record.reserve(reservation(.max), home: .first).segment == .sample(highest, highest))
        let before = record
        for offset in [0, 1, .max] as [Int64] {
            for home in [Home.first, .second] {
                for above in [Int64.min, highest, .max] {
                    let skipped = home != .first || above > highest ? offset : 0
                    #expect(throws: StoreError.exhausted(maximum: highest, skipped: skipped)) {
                        try record.reserve(reservation(.max, above: above, offset: offset), home: home)
                    }
                }
            }
        }
        #expect(record == before, "a refusal changes nothing")
    }

    @Test func anOffsetThatOverflowsIsExhaustion() {
        var record = SequenceRecord.sample(ceiling: 0, options: .sample(increment: 1_000_000))
        #expect(throws: StoreError.exhausted(maximum: SequenceOptions.highestNumber, skipped: .max)) {
            try record.reserve(reservation(1, offset: .max), home: .second)
        }
        #expect(record.home == .first)
    }

    // MARK: - Release

    @Test func theLastSegmentGoesBackOnce() throws {
        var record = SequenceRecord.sample()
        let segment = try record.reserve(reservation(10), home: .first).segment
        let rest = try #require(segment.above(4))
        let given1 = record.release(rest)
        #expect(given1 && record.ceiling == 4 && record.stamp == nil)
        let given2 = record.release(rest)
        #expect(!given2, "the same release, arriving once more, finds nothing")
    }

    @Test func aReleaseThatComesLateMatchesNothing() throws {
        var record = SequenceRecord.sample()
        let old = try record.reserve(reservation(10, stamp: 1), home: .first).segment
        let given3 = record.release(old)
        #expect(given3)
        _ = try record.reserve(reservation(10, stamp: 2), home: .first)
        let given4 = record.release(old)
        #expect(!given4, "the ceiling is equal, the stamp is not")
        #expect(record.ceiling == 10)
    }

    @Test func anotherLifeOrCeilingTakesNothing() throws {
        var record = SequenceRecord.sample()
        let segment = try record.reserve(reservation(10), home: .first).segment
        var other = record
        other.life = .two
        let given5 = other.release(segment)
        #expect(!given5)
        _ = try record.reserve(reservation(1), home: .first)
        let given6 = record.release(segment)
        #expect(!given6)
    }

    @Test func aReleaseDoesNotTakeASetBack() throws {
        var record = SequenceRecord.sample()
        let segment = try record.reserve(reservation(10), home: .first).segment
        try record.advance(.to(7))
        let given7 = record.release(segment)
        #expect(given7)
        #expect(record.ceiling == 7, "what was released lies below, and SET said: above 7")
    }

    @Test func aReleaseAfterASetBeyondItTakesNothing() throws {
        var record = SequenceRecord.sample()
        let segment = try record.reserve(reservation(10), home: .first).segment
        try record.advance(.to(20))
        let given8 = record.release(segment)
        #expect(!given8 && record.ceiling == 20)
        var other = SequenceRecord.sample()
        let equal = try other.reserve(reservation(10), home: .first).segment
        try other.advance(.to(10))
        let given9 = other.release(equal)
        #expect(given9 && other.ceiling == 10)
    }

    // MARK: - Advance and change

    @Test func neverLowers() throws {
        var record = SequenceRecord.sample(ceiling: 100, origin: 50)
        try record.advance(.to(70))
        #expect(record.ceiling == 100 && record.origin == 70)
        try record.advance(.to(60))
        #expect(record.ceiling == 100 && record.origin == 70)
        try record.advance(.by(5))
        #expect(record.ceiling == 105 && record.origin == 105)
        try record.advance(.by(0))
        #expect(record.ceiling == 105)
    }

    @Test func advanceCountsInNumbers() throws {
        var record = SequenceRecord.sample(ceiling: 100, options: .sample(increment: 10))
        try record.advance(.by(3))
        #expect(record.ceiling == 130)
    }

    @Test func advanceStaysInRange() {
        var record = SequenceRecord.sample(ceiling: 100, options: .sample(maximum: 200))
        let before = record
        #expect(throws: StoreError.invalid(.ceiling(201, maximum: 200))) { try record.advance(.to(201)) }
        #expect(throws: StoreError.invalid(.ceiling(-1, maximum: 200))) { try record.advance(.to(-1)) }
        #expect(throws: StoreError.exhausted(maximum: 200)) { try record.advance(.by(-1)) }
        #expect(throws: StoreError.exhausted(maximum: 200)) { try record.advance(.by(.max)) }
        #expect(throws: StoreError.self) { try record.advance(.by(101)) }
        #expect(record == before)
    }

    /// A ceiling that was raised above the floor would hide for ever that it was below.
    @Test func anAdvanceOfOneWhoKnowsMoreThanTheStoreLeavesTheOffsetOut() throws {
        let memory = LifeMemory(
            JournalEntry(life: .one, floor: 66, options: .sample(increment: 2)), heard: 143)
        let offset = FailoverOffset.exactly(1_000)
        for step in [Advance.to(116), .by(0)] {
            var record = SequenceRecord.sample(ceiling: 8, options: .sample(increment: 2))
            try record.advance(step.knowing(memory, offset))
            #expect(record.ceiling == 143 + 2_000 && record.origin == 2_143, "\(step)")
            #expect(record.stamp == nil)
        }
        var record = SequenceRecord.sample(ceiling: 8, options: .sample(increment: 2))
        try record.advance(Advance.by(5).knowing(memory, offset))
        #expect(record.ceiling == 2_153)
        try record.advance(Advance.to(9_001).knowing(memory, offset))
        #expect(record.ceiling == 9_001, "it knows as much as the caller by now")
        // Beyond the maximum there is nothing to leave out.
        var small = SequenceRecord.sample(ceiling: 8, options: .sample(maximum: 500))
        #expect(throws: StoreError.self) { try small.advance(Advance.to(116).knowing(memory, offset)) }
        #expect(small.ceiling == 8)
    }

    @Test func theHomeDoesNotChangeWithAnAdvance() throws {
        var record = SequenceRecord.sample(ceiling: 100)
        try record.advance(.to(200))
        #expect(try record.reserve(reservation(1), home: .second).skipped == 1_000)
    }

    @Test func theMaximumDoesNotGoBelowTheCeiling() throws {
        var record = SequenceRecord.sample(ceiling: 100)
        #expect(throws: StoreError.invalid(.maximumBelowCeiling(99, ceiling: 100))) {
            try record.change(to: .sample(maximum: 99))
        }
        #expect(throws: StoreError.invalid(.increment(2))) { try record.change(to: .sample(increment: 2)) }
        try record.change(to: .sample(maximum: 100))
        #expect(record.options.maximum == 100)
    }

    @Test func aLifeDoesNotBeginOutOfRange() {
        #expect(throws: StoreError.invalid(.ceiling(-1, maximum: SequenceOptions.highestNumber))) {
            try SequenceRecord(beginning: .one, of: "a", at: -1, options: .standard, home: .first)
        }
    }

    // MARK: - What is there

    @Test func anEntryTellsWhoKnowsALifeWhatBecameOfIt() {
        let record = SequenceRecord.sample(life: .two)
        #expect(SequenceEntry(live: record, known: nil, hasEnded: false) == .live(record))
        #expect(SequenceEntry(live: record, known: .two, hasEnded: false) == .live(record))
        #expect(SequenceEntry(live: record, known: .one, hasEnded: true) == .live(record))
        #expect(SequenceEntry(live: record, known: .one, hasEnded: false) == .lost(instead: record))
        #expect(SequenceEntry(live: nil, known: .one, hasEnded: false) == .lost(instead: nil))
        #expect(SequenceEntry(live: nil, known: .one, hasEnded: true) == .absent)
        #expect(SequenceEntry(live: nil, known: nil, hasEnded: false) == .absent)
    }
}
