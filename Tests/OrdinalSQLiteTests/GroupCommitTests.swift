import NIOConcurrencyHelpers
import Ordinal
@testable import OrdinalSQLite
import Synchronization
import TestSupport
import Testing

@Suite struct GroupCommitTests {
    @Test func whatComesAtOnceSharesACommit() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let file = try DatabaseFile(path: path, schema: .store)
        let mailbox = Mailbox(limit: 200)
        let numbers = NIOLockedValueBox<[Int64]>([])
        // As many as come in one moment are in one commit when the last of them is answered.
        let commits = Atomic(-1)
        for _ in 0..<200 {
            let change = Change({ try $0.nextChange() }) { (result: Result<Int64, TransactionFailure>) in
                guard case .success(let number) = result else { return }
                numbers.withLockedValue { $0.append(number) }
                commits.store((try? Files.commits(inLog: path + "-wal")) ?? -2, ordering: .relaxed)
            }
            #expect(mailbox.post(.change(change)) == nil)
        }
        mailbox.close()
        GroupCommitLoop(file: file, mailbox: mailbox).run()
        #expect(numbers.withLockedValue { $0 } == Array(1...200))
        #expect(commits.load(ordering: .relaxed) == 1)
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
