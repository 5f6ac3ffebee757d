import Ordinal
@testable import OrdinalRedis
import Testing

@Suite struct EncodingTests {
    private let life = Life(rawValue: 0x0123_4567_89AB_CDEF_0011_2233_4455_6677)

    private func record(stamp: Stamp?) throws -> SequenceRecord {
        SequenceRecord(
            name: .a, life: life, ceiling: SequenceOptions.highestNumber - 1, origin: -2, home: Home(rawValue: "1/2"),
            stamp: stamp, recentSize: 9, options: try SequenceOptions(increment: 3))
    }

    @Test func rowsGoThereAndBack() throws {
        for stamp in [nil, Stamp(rawValue: 0), Stamp(rawValue: .max)] {
            let row = Row(try record(stamp: stamp), changed: 7)
            #expect(try Row(row.bytes, of: .a) == row)
        }
        let text = "1 0123456789abcdef0011223344556677 4611686018427387902 -2 ff 9 3 4611686018427387903 7 1/2"
        #expect(Row(try record(stamp: Stamp(rawValue: 255)), changed: 7).bytes == Array(text.utf8))
    }

    @Test(arguments: [
        "", "1", "2 0123456789abcdef0011223344556677 5 0 - 0 1 10 0 h",
        "1 0123456789abcdef0011223344556677 5 0 - 0 1 10 0", "1 0123456789abcdef0011223344556677 5 0 - 0 1 10 0 h h",
        "1 0123456789abcdef001122334455667 5 0 - 0 1 10 0 h", "1 0123456789ABCDEF0011223344556677 5 0 - 0 1 10 0 h",
        "1 +123456789abcdef0011223344556677 5 0 - 0 1 10 0 h",
        "1 0123456789abcdef0011223344556677 11 0 - 0 1 10 0 h", "1 0123456789abcdef0011223344556677 5 6 - 0 1 10 0 h",
        "1 0123456789abcdef0011223344556677 5 -1 - 0 1 10 0 h", "1 0123456789abcdef0011223344556677 05 0 - 0 1 10 0 h",
        "1 0123456789abcdef0011223344556677 5e0 0 - 0 1 10 0 h", "1 0123456789abcdef0011223344556677 5 0 x 0 1 10 0 h",
        "1 0123456789abcdef0011223344556677 5 0 - 0 0 10 0 h", "1 0123456789abcdef0011223344556677 5 0 - 0 1 0 0 h",
        "1 0123456789abcdef0011223344556677 5 0 - 0 1 10 -1 h", "1 0123456789abcdef0011223344556677 5 0 - 0 1 10 0 ",
        "1 0123456789abcdef0011223344556677 5 0 - -1 1 10 0 h", "1 0123456789abcdef0011223344556677 5 0 - 1 10 0 h",
        "1 0123456789abcdef0011223344556677 99999999999999999999 0 - 0 1 10 0 h",
    ])
    func damagedRowsAreRefused(_ text: String) {
        let error = #expect(throws: StoreError.self) { try Row(Array(text.utf8), of: .a) }
        #expect(error.isUnavailable)
        #expect("\(String(describing: error))".contains("the row of a in Redis is damaged"))
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: StoreError.self) { try Row([0x31, 0x20, 0xFF], of: .a) }
        #expect(throws: StoreError.self) { try Block([0xFF, 0xFE], of: .a) }
    }

    private var block: Block {
        Block(
            home: Home(rawValue: "1/2"), life: life, next: 11, last: 100, increment: 1, stamp: Stamp(rawValue: 10),
            draw: Stamp(rawValue: 11))
    }

    @Test func blocksGoThereAndBack() throws {
        var other = block
        (other.next, other.last, other.draw, other.origin) = (101, 100, nil, 50)
        for block in [block, other] { #expect(try Block(block.bytes, of: .a) == block) }
        let text = "1 0123456789abcdef0011223344556677 11 100 1 0 a b 1/2"
        #expect(block.bytes == Array(text.utf8))
    }

    @Test(arguments: [
        "", "1 0123456789abcdef0011223344556677 11 100 1 0 - b h", "1 0123456789abcdef0011223344556677 0 100 1 0 a b h",
        "1 0123456789abcdef0011223344556677 102 100 1 0 a b h", "1 0123456789abcdef0011223344556677 11 100 2 0 a b h",
        "1 0123456789abcdef0011223344556677 11 100 0 0 a b h", "1 0123456789abcdef0011223344556677 11 100 1 -1 a b h",
        "1 0123456789abcdef0011223344556677 11 4611686018427387904 1 0 a b h",
        "1 0123456789abcdef0011223344556677 9223372036854775807 -9223372036854775808 1 0 a b h",
    ])
    func damagedBlocksAreRefused(_ text: String) {
        let error = #expect(throws: StoreError.self) { try Block(Array(text.utf8), of: .a) }
        #expect("\(String(describing: error))".contains("the block of a in Redis is damaged"))
    }

    @Test func changesGoThereAndBackInTheOrderOfTheirNumbers() throws {
        let name = SequenceName.sample("a b e \u{301}")
        var before: [UInt8] = []
        for number in [0, 1, 9, 10, 255, 256, 1 << 40, .max - 1] as [Int64] {
            for change in [ChangeText.ended(name, life, number: number), .moved(name, number: number)] {
                #expect(try ChangeText(change.bytes) == change)
                #expect(before.lexicographicallyPrecedes(change.bytes))
                let (start, later) = (ChangeText.start(after: number).dropFirst(), ChangeText.start(after: number - 1))
                #expect(change.bytes.lexicographicallyPrecedes(start))
                #expect(number == 0 || !change.bytes.lexicographicallyPrecedes(later.dropFirst()))
                before = change.bytes
            }
        }
        for text in ["", "0 m a", "000000000000000g m a", "0000000000000001 x a", "0000000000000001 e 12 a"] {
            #expect(throws: StoreError.self) { try ChangeText(Array(text.utf8)) }
        }
    }

    @Test func theSizeOfABlockIsBounded() {
        func size(_ count: Int64, _ offset: Int64, _ size: BlockSize = .standard) -> Int64 {
            size.count(
                for: Reservation(
                    name: .a, life: life, count: count, above: 0, failoverOffset: .exactly(offset),
                    stamp: Stamp(rawValue: 1)))
        }
        #expect(size(1_000, 1_000_000) == 10_000)
        #expect(size(1_000, 50_000) == 5_000)
        #expect(size(1_000, 0) == 1_000)
        #expect(size(.max, .max) == .max)
        #expect(size(1_000_000_000, .max) == 1_000_000_000)
        #expect(size(500_000_000, .max) == 1_000_000_000)
        #expect(size(1_000, 1_000_000, BlockSize(factor: 1)) == 1_000)
        #expect(size(1_000, 1_000_000, BlockSize(factor: -5)) == 1_000)
    }
}
