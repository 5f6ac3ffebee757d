import Testing

@testable import Ordinal

@Suite struct SequenceOptionsTests {
    @Test(arguments: [0, -1, 1_000_001, .min, .max] as [Int64])
    func anIncrementOutOfRangeIsRefused(increment: Int64) {
        #expect(throws: InvalidOption.increment(increment)) { try SequenceOptions(increment: increment) }
    }

    @Test(arguments: [0, -1, 1 << 62, .min, .max] as [Int64])
    func aMaximumOutOfRangeIsRefused(maximum: Int64) {
        #expect(throws: InvalidOption.maximum(maximum)) { try SequenceOptions(maximum: maximum) }
    }

    @Test func theFirstNumberGivesTheCeiling() throws {
        let options = try SequenceOptions(increment: 10, maximum: 100)
        #expect(try options.ceiling(forFirst: 1) == -9)
        #expect(try options.ceiling(forFirst: 100) == 90)
        #expect(throws: InvalidOption.start(0, maximum: 100)) { try options.ceiling(forFirst: 0) }
        #expect(throws: InvalidOption.start(101, maximum: 100)) { try options.ceiling(forFirst: 101) }
    }

    @Test func aCeilingLiesAboveTheIncrementBelowZero() throws {
        let options = try SequenceOptions(increment: 10, maximum: 100)
        try options.check(ceiling: -9)
        try options.check(ceiling: 100)
        for ceiling in [-10, 101, .min, .max] as [Int64] {
            #expect(throws: InvalidOption.ceiling(ceiling, maximum: 100)) { try options.check(ceiling: ceiling) }
        }
    }

    @Test func textsNameValueAndLimit() {
        #expect(InvalidOption.increment(0).description.contains("1000000"))
        #expect(InvalidOption.maximum(0).description.contains("4611686018427387903"))
        #expect(InvalidOption.maximumBelowCeiling(5, ceiling: 9).description.contains("9"))
    }
}

@Suite struct IdentifierTests {
    @Test func sixteenBytesHighestFirst() {
        let life = Life(rawValue: 0x0102_0304_0506_0708_090A_0B0C_0D0E_0F10)
        #expect(life.bytes == Array(1...16))
        #expect(Life(bytes: life.bytes) == life)
        #expect(Life(bytes: Array(1...15)) == nil && Life(bytes: Array(1...17)) == nil)
        #expect(life.description == "0102030405060708090a0b0c0d0e0f10")
    }

    @Test(arguments: [0, 1, UInt128.max, 1 << 64, 1 << 127])
    func everyValueReturns(value: UInt128) {
        let id = StoreID(rawValue: value)
        #expect(StoreID(bytes: id.bytes) == id)
        #expect(id.description.count == 32)
        #expect(UInt128(id.description, radix: 16) == value)
        #expect(StoreID(id.description) == id)
    }

    @Test(arguments: [
        "", "0102030405060708090a0b0c0d0e0f1", "0102030405060708090a0b0c0d0e0f100", "0102030405060708090A0B0C0D0E0F10",
        "+102030405060708090a0b0c0d0e0f10", " 102030405060708090a0b0c0d0e0f10", "0102030405060708090a0b0c0d0e0f1g",
    ])
    func otherTextsAreNone(text: String) {
        #expect(Life(text) == nil)
    }

    @Test func bothWordsAreRandom() {
        var words: [UInt64] = [1, 2]
        #expect(Life(random: { words.removeFirst() }).rawValue == UInt128(1) << 64 | 2)
    }
}
