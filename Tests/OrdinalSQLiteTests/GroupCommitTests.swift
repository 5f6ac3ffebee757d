import Ordinal
@testable import OrdinalSQLite
import Synchronization
import TestSupport
import Testing

@Suite struct GroupCommitTests {
    @Test func whatComesAtOnceSharesCommits() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        try await store.create(.a)
        let before = try Files.commits(inLog: path + "-wal")
        let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<200 { group.addTask { try await store.reserve(1, of: .a).segment.first } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(1...200))
        let commits = try Files.commits(inLog: path + "-wal") - before
        #expect((1...100).contains(commits), "\(commits) commits for 200 reservations")
        await store.close()
    }

    @Test func readingCommitsNothing() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        try await store.create(.a)
        let before = try Files.read(path + "-wal")
        _ = try await store.find(.a, known: .two)
        _ = try await store.list(after: nil, limit: 10)
        _ = try await store.status()
        _ = try await store.changes(since: nil)
        _ = try await store.advance(.a, life: .one, by: .to(0))
        _ = try await store.create(.a)
        #expect(try Files.read(path + "-wal") == before)
        await store.close()
    }

    @Test func aFailureIsToldToAllWhoShareTheTransaction() async throws {
        let directory = try TemporaryDirectory()
        let file = try DatabaseFile(path: directory.file("store.db"), schema: .store)
        let mailbox = Mailbox(limit: 10)
        let done = Atomic(0)
        let failed = Atomic(0)
        let answer: @Sendable (Result<Int64, TransactionFailure>) -> Void = { result in
            switch result {
            case .success: done.add(1, ordering: .relaxed)
            case .failure: failed.add(1, ordering: .relaxed)
            }
        }
        for index in 0..<3 {
            let change = Change(
                { transaction in
                    if index == 1 { throw Failure("the disk") }
                    return try transaction.nextChange()
                }, answer: answer)
            #expect(mailbox.post(.change(change)) == nil)
        }
        mailbox.close()
        GroupCommitLoop(file: file, mailbox: mailbox).run()
        #expect(done.load(ordering: .relaxed) == 0)
        #expect(failed.load(ordering: .relaxed) == 3)
    }

    @Test func theQueueIsBoundedAndKeepsItsOrder() throws {
        let mailbox = Mailbox(limit: 3)
        let change = Change({ _ in }, answer: { _ in })
        #expect(mailbox.post(.change(change)) == nil)
        #expect(mailbox.post(.backup(to: "", answer: { _ in })) == nil)
        #expect(mailbox.post(.change(change)) == nil)
        #expect(mailbox.post(.change(change)) == .notDone("too many changes wait for the disk (3)"))
        guard case .changes(let changes) = mailbox.take(atMost: 10) else { throw Failure("not the changes") }
        #expect(changes.count == 2, "those behind the backup do not wait for it")
        #expect(mailbox.post(.backup(to: "", answer: { _ in })) == nil)
        #expect(mailbox.post(.change(change)) == nil)
        guard case .backup = mailbox.take(atMost: 10) else { throw Failure("not the backup") }
        #expect(mailbox.takeChanges(atMost: 10).count == 1, "nor for the next one")
        guard case .backup = mailbox.take(atMost: 10) else { throw Failure("not the next backup") }
        mailbox.close()
        #expect(mailbox.post(.change(change)) == .notDone("the file is closed"))
        #expect(mailbox.take(atMost: 10) == nil)
    }

    @Test func aTransactionHasNoMoreThanItsShare() throws {
        let mailbox = Mailbox(limit: 100)
        for _ in 0..<5 { #expect(mailbox.post(.change(Change({ _ in }, answer: { _ in }))) == nil) }
        var portions: [Int] = []
        mailbox.close()
        while case .changes(let changes) = mailbox.take(atMost: 2) { portions.append(changes.count) }
        #expect(portions == [2, 2, 1])
    }

    @Test func closingFinishesWhatWaits() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        try await store.create(.a)
        let confirmed = await withTaskGroup(of: Int64.self) { group in
            for _ in 0..<100 {
                group.addTask { (try? await store.reserve(1, of: .a).segment.last) ?? 0 }
            }
            await store.close()
            return await group.reduce(0, max)
        }
        #expect(try ceiling(of: .a, in: path) == confirmed)
    }
}
