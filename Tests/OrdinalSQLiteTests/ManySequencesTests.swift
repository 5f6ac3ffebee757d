import GRDB
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

@Suite struct ManySequencesTests {
    @Test func aMillionSequencesOpenLikeNone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        try fill(path, with: 1_000_000)
        let clock = ContinuousClock()
        // Tests run beside each other: the best of a few times is what it takes.
        var (opening, counting, hearing) = (Duration.seconds(60), Duration.seconds(60), Duration.seconds(60))
        var openingNone = Duration.seconds(60)
        for number in 1...5 as ClosedRange<Int64> {
            var opened: SQLiteStore?
            opening = min(opening, try clock.measure { opened = try SQLiteStore.open(path: path) })
            var none: SQLiteStore?
            openingNone = min(
                openingNone, try clock.measure { none = try SQLiteStore.open(path: directory.file("none.db")) })
            await none?.close()
            let store = try #require(opened)
            var count = 0
            counting = min(counting, try await clock.measure { count = try await store.status().sequences })
            #expect(count == 1_000_000)
            let mark = try await store.changes(since: nil).mark
            let record = try #require(try await store.list(after: nil, limit: 1).first)
            _ = try await store.advance(record.name, life: record.life, by: .to(number))
            hearing = min(
                hearing, try await clock.measure { count = try await store.changes(since: mark).changes.count })
            #expect(count == 1)
            await store.close()
        }
        print("a million sequences open in \(opening), none in \(openingNone)")
        #expect(opening < openingNone * 3 + .milliseconds(50))
        #expect(counting < .milliseconds(100))
        #expect(hearing < .milliseconds(100))
    }

    /// What makes it so: every question is answered from an index.
    @Test(arguments: Transaction.Question.allCases)
    func noQuestionReadsWholeTables(question: Transaction.Question) async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        let plan = try await store.read { transaction in
            let arguments = StatementArguments(Array(repeating: 0, count: question.sql.count { $0 == "?" }))
            return try Row.fetchAll(transaction.db, sql: "EXPLAIN QUERY PLAN \(question.sql)", arguments: arguments)
                .map { $0["detail"] as String? ?? "" }.joined(separator: "; ")
        }
        #expect(!plan.contains("SCAN") && !plan.contains("TEMP"), "\(plan)")
        await store.close()
    }
}
