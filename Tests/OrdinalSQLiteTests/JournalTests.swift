import GRDB
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

@Suite struct JournalTests {
    private let here = StoreID(rawValue: 1)
    private let there = StoreID(rawValue: 2)

    private func entry(_ life: Life, _ floor: Int64) -> JournalEntry {
        JournalEntry(life: life, floor: floor, options: .standard)
    }

    @Test func whatIsRecordedIsThereAfterARestart() async throws {
        let directory = try TemporaryDirectory()
        let journal = try SQLiteJournal.open(path: directory.file("journal.db"))
        let options = try SequenceOptions(increment: 7, maximum: 1 << 60)
        let written = JournalEntry(life: Life(rawValue: .max), floor: (1 << 61) + 1, options: options)
        #expect(try await journal.latest(of: .a, in: here) == nil)
        try await journal.record(written, of: .a, in: here)
        await journal.close()
        let again = try SQLiteJournal.open(path: directory.file("journal.db"))
        #expect(try await again.latest(of: .a, in: here) == written)
        #expect(try await again.entry(of: .a, life: written.life, in: here) == written)
        #expect(try await again.entry(of: .a, life: .one, in: here) == nil)
        await again.close()
    }

    @Test func aFloorMayBeLowered() async throws {
        let directory = try TemporaryDirectory()
        let journal = try SQLiteJournal.open(path: directory.file("journal.db"))
        try await journal.record(entry(.one, 1_000), of: .a, in: here)
        try await journal.record(entry(.one, 10), of: .a, in: here)
        #expect(try await journal.entry(of: .a, life: .one, in: here)?.floor == 10)
        await journal.close()
    }

    @Test func theLatestEntryIsTheOneRecordedLast() async throws {
        let directory = try TemporaryDirectory()
        let journal = try SQLiteJournal.open(path: directory.file("journal.db"))
        try await journal.record(entry(.one, 5_000), of: .a, in: here)
        try await journal.record(entry(.two, 10), of: .a, in: here)
        #expect(try await journal.latest(of: .a, in: here)?.life == .two)
        try await journal.record(entry(.one, 6_000), of: .a, in: here)
        #expect(try await journal.latest(of: .a, in: here) == entry(.one, 6_000))
        #expect(try await journal.entry(of: .a, life: .two, in: here)?.floor == 10)
        await journal.close()
    }

    @Test func storesAndNamesDoNotMix() async throws {
        let directory = try TemporaryDirectory()
        let journal = try SQLiteJournal.open(path: directory.file("journal.db"))
        let names = ["caf\u{E9}", "cafe\u{301}", "cafe", "Foo", "foo", "%"].map(SequenceName.sample)
        for (index, name) in names.enumerated() {
            try await journal.record(entry(.one, Int64(index)), of: name, in: here)
            try await journal.record(entry(.one, Int64(index) + 100), of: name, in: there)
        }
        for (index, name) in names.enumerated() {
            #expect(try await journal.latest(of: name, in: here)?.floor == Int64(index))
            #expect(try await journal.latest(of: name, in: there)?.floor == Int64(index) + 100)
        }
        await journal.close()
    }

    @Test func aDamagedEntryIsAnErrorOfItsOwn() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("journal.db")
        let journal = try SQLiteJournal.open(path: path)
        try await journal.record(entry(.one, 1), of: .a, in: here)
        await journal.close()
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "UPDATE floors SET maximum = -5") }
        try queue.close()
        let again = try SQLiteJournal.open(path: path)
        await #expect(throws: JournalError.self) { try await again.latest(of: .a, in: here) }
        await again.close()
    }

    @Test func itHasALockOfItsOwn() async throws {
        let directory = try TemporaryDirectory()
        let journal = try SQLiteJournal.open(path: directory.file("journal.db"))
        #expect(throws: SQLiteFileError.self) { try SQLiteJournal.open(path: directory.file("journal.db")) }
        await journal.close()
        await #expect(throws: JournalError("the file is closed")) { try await journal.latest(of: .a, in: here) }
    }
}
