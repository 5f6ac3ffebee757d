import Ordinal
import Testing

/// How a store that numbers its changes tells them page by page.
@Suite struct ChangesTests {
    private func found(_ numbers: some Sequence<Int64>) throws -> [(number: Int64, change: Changes.Change?)] {
        try numbers.map { ($0, .ended(try SequenceName("s\($0)"), Life(rawValue: 1))) }
    }

    @Test func withoutAMarkThereIsOnlyTheMark() throws {
        let changes = Changes(since: nil, upTo: 7, found: [])
        #expect(changes == Changes(mark: ChangeMark(rawValue: 7), changes: [], wentBack: false))
    }

    @Test func whatFitsIntoOneAnswerEndsAtTheNewest() throws {
        // The newest change may be of a row that others have overtaken: what was read ends below it.
        let changes = Changes(since: ChangeMark(rawValue: 3), upTo: 9, found: try found([4, 6]))
        #expect(changes.mark == ChangeMark(rawValue: 9) && changes.changes.count == 2 && !changes.wentBack)
        let none = Changes(since: ChangeMark(rawValue: 9), upTo: 9, found: [])
        #expect(none == Changes(mark: ChangeMark(rawValue: 9), changes: [], wentBack: false))
    }

    @Test func aFullAnswerEndsAtItsLastChange() throws {
        let limit = Int64(Changes.limit)
        let changes = Changes(since: .beginning, upTo: 5_000, found: try found(1...limit))
        #expect(changes.mark == ChangeMark(rawValue: limit) && changes.changes.count == Changes.limit)
        #expect(!changes.wentBack)
    }

    @Test func overtakenChangesAreNotToldButCounted() throws {
        let limit = Int64(Changes.limit)
        let all = try found(1...limit).map { (number: $0.number, change: $0.number % 2 == 0 ? $0.change : nil) }
        let changes = Changes(since: .beginning, upTo: 5_000, found: all)
        #expect(changes.mark == ChangeMark(rawValue: limit) && changes.changes.count == Changes.limit / 2)
    }

    @Test func aHistoryThatIsShorterThanTheMarkWentBack() throws {
        let changes = Changes(since: ChangeMark(rawValue: 8), upTo: 7, found: try found([9]))
        #expect(changes == Changes(mark: ChangeMark(rawValue: 7), changes: [], wentBack: true))
    }
}
