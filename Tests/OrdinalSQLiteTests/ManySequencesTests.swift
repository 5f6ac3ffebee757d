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
        for number in 1...5 as ClosedRange<Int64> {
            var opened: SQLiteStore?
            opening = min(opening, try clock.measure { opened = try SQLiteStore.open(path: path) })
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
        #expect(opening < .milliseconds(100))
        #expect(counting < .milliseconds(100))
        #expect(hearing < .milliseconds(100))
    }

    /// What makes it so: every question is answered from an index.
    @Test(arguments: [
        "SELECT 1 FROM sequences WHERE name = ?", "SELECT 1 FROM sequences WHERE name > ? ORDER BY name LIMIT 1",
        "SELECT name FROM sequences WHERE changed > 0 AND changed > ? ORDER BY changed LIMIT 1",
        "SELECT name FROM ended WHERE changed > ? ORDER BY changed LIMIT 1",
    ])
    func noQuestionReadsWholeTables(sql: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        let plan = try await store.read { transaction in
            try Row.fetchAll(transaction.db, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: [0])
                .map { $0["detail"] as String? ?? "" }.joined(separator: "; ")
        }
        #expect(!plan.contains("SCAN") && !plan.contains("TEMP"), "\(plan)")
        await store.close()
    }
}
