import Ordinal
import Testing

@testable import OrdinalServer

@Suite struct ScanCursorsTests {
    @Test func aCursorStandsForAName() throws {
        let cursors = ScanCursors(first: 100)
        let start = try #require(cursors.position(of: 0))
        #expect(start.name == nil, "0 is the beginning")
        let (one, two) = (cursors.keep(try SequenceName("one")), cursors.keep(try SequenceName("two")))
        #expect(one != two && one != 0)
        #expect(cursors.position(of: one)?.name == (try SequenceName("one")))
        #expect(cursors.position(of: two)?.name == (try SequenceName("two")))
        // As often as one likes.
        #expect(cursors.position(of: one)?.name == (try SequenceName("one")))
        #expect(cursors.position(of: two + 1) == nil)
        #expect(cursors.position(of: .max) == nil)
    }

    @Test func theOldestGiveWay() throws {
        let cursors = ScanCursors(capacity: 10)
        let kept = try (0..<35).map { cursors.keep(try SequenceName("n\($0)")) }
        for cursor in kept.dropLast(10) { #expect(cursors.position(of: cursor) == nil) }
        for (index, cursor) in kept.enumerated().dropFirst(25) {
            #expect(cursors.position(of: cursor)?.name == (try SequenceName("n\(index)")))
        }
    }

    /// A cursor of an earlier process must not be taken for one of this.
    @Test func theFirstIsRandom() throws {
        let name = try SequenceName("n")
        let firsts = Set((0..<100).map { _ in ScanCursors().keep(name) })
        #expect(firsts.count == 100)
        #expect(firsts.allSatisfy { $0 > 0 && $0 < 1 << 53 }, "clients may keep cursors in doubles")
    }
}
