import GRDB
import Glibc
import Ordinal
@testable import OrdinalSQLite
import Synchronization
import TestSupport
import Testing

/// What GRDB and SQLite make easy to get wrong, and what only a power cut would show.
@Suite struct TrapTests {
    @Test func fullSyncIsOnWhereTheCommitsHappen() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        try await store.create(.a)
        #expect(try await store.pragma("synchronous") == "2")
        #expect(try await store.pragma("journal_mode") == "wal")
        #expect(try await store.pragma("locking_mode") == "exclusive")
        // Nor does it change when the file is opened anew under a running store.
        try await store.backup(to: directory.file("backup.db"))
        try Files.move(directory.file("backup.db"), to: directory.file("store.db"))
        try await store.reserve(1, of: .a)
        #expect(try await store.pragma("synchronous") == "2")
        await store.close()
    }

    /// In a process of its own: the limit holds for all files of a process.
    @Test func aCommitThatFailsGivesNoNumbers() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let store = try SQLiteStore.open(path: "\(path)/store.db")
            try await store.create(.a)
            let before = try await store.reserve(10, of: .a)
            #expect(before.segment.last == 10)
            // Not a page fits any more, into no file: nothing can be committed, and nobody is told of a number.
            let limit = try FileSizeLimit(4_096)
            for _ in 0..<3 {
                do {
                    let reserved = try await store.reserve(10, of: .a)
                    Issue.record("numbers without a commit: \(reserved)")
                } catch StoreError.unknownOutcome(let reason), StoreError.unavailable(let reason) {
                    #expect(reason.contains("store.db"), "\(reason)")
                }
            }
            limit.lift()
            // It mends itself: opens the file again, succeeds once, then serves.
            let after = try await store.reserve(10, of: .a)
            #expect(after.segment.first > before.segment.last)
            await store.close()
            #expect(try ceiling(of: .a, in: "\(path)/store.db") == after.segment.last)
        }
    }

    @Test func theFirstFailureOfACommitIsNotSaidToBeHarmless() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let store = try SQLiteStore.open(path: "\(path)/store.db")
            try await store.create(.a)
            let limit = try FileSizeLimit(4_096)
            await #expect { _ = try await store.reserve(10, of: .a) } throws: { error in
                if case StoreError.unknownOutcome = error { true } else { false }
            }
            // Nothing was written after it, and this is certain.
            await #expect { _ = try await store.reserve(10, of: .a) } throws: { error in
                if case StoreError.unavailable = error { true } else { false }
            }
            // Reading cannot have done anything in the first place.
            await #expect { _ = try await store.find(.a, known: nil) } throws: { error in
                if case StoreError.unavailable = error { true } else { false }
            }
            limit.lift()
            await store.close()
        }
    }

    /// A row of `RETURNING` is there before the commit; a statement that commits by itself would have given it away.
    @Test func whatAStatementReturnedIsNotThereWhenTheCommitFails() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.file("store.db") as String] in
            let file = try DatabaseFile(path: path, schema: .store)
            let returned = Atomic<Int64>(0)
            let limit = try FileSizeLimit(4_096)
            #expect(throws: TransactionFailure.self) {
                try file.transact { returned.store(try $0.nextChange(), ordering: .relaxed) }
            }
            limit.lift()
            #expect(returned.load(ordering: .relaxed) == 1, "it was told, and nobody may hear of it")
            var after: Int64 = 0
            try file.transact { after = try $0.meta().changes }
            #expect(after == 0)
            file.close()
        }
    }

    /// All who share a transaction share its end.
    @Test func aCommitThatFailsGivesNothingToAnybodyInIt() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.file("store.db") as String] in
            let file = try DatabaseFile(path: path, schema: .store)
            let answered = Atomic(0)
            let failed = Atomic(0)
            let mailbox = Mailbox(limit: 100)
            for _ in 0..<100 {
                let change = Change({ try $0.nextChange() }) { result in
                    switch result {
                    case .success: answered.add(1, ordering: .relaxed)
                    case .failure(.unconfirmed): failed.add(1, ordering: .relaxed)
                    case .failure(.notDone): break
                    }
                }
                #expect(mailbox.post(.change(change)) == nil)
            }
            mailbox.close()
            let limit = try FileSizeLimit(4_096)
            GroupCommitLoop(file: file, mailbox: mailbox).run()
            limit.lift()
            #expect(answered.load(ordering: .relaxed) == 0)
            #expect(failed.load(ordering: .relaxed) == 100)
        }
    }

    /// The log is emptied into the file again and again, and a disk that does not take that is noticed.
    @Test func aLogThatCannotBeEmptiedIsNotWrittenOnForEver() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.file("store.db") as String] in
            // A file that is longer than the log may become: the log still fits when the file may not grow any more.
            try fill(path, with: 150_000)
            let store = try SQLiteStore.open(path: path)
            let log = path + "-wal"
            func write(_ names: Range<Int>) async throws {
                for index in names {
                    let name = SequenceName.sample("\(index) " + String(repeating: "x", count: 200))
                    _ = try await store.create(name, life: .one, at: 0, options: .standard)
                }
            }
            try await write(0..<1_500)
            #expect(try Files.read(log).count < 5 << 20, "about a thousand pages, and then anew")
            let home = try await store.status().home
            // Room for the log, and not for a database that holds what is in it.
            #expect(try Files.read(path).count > 6 << 20)
            let limit = try FileSizeLimit(try Files.read(path).count)
            await #expect(throws: StoreError.self) { try await write(1_500..<6_000) }
            limit.lift()
            try await write(6_000..<6_010)
            // A log that was emptied in part is not lost: all that was confirmed is there, and nothing went back.
            let status = try await store.status()
            #expect(status.sequences >= 151_510 && status.home == home)
            for index in [0, 1_499, 6_009] {
                let name = SequenceName.sample("\(index) " + String(repeating: "x", count: 200))
                #expect(try await store.find(name, known: .one).ceiling == 0, "\(index)")
            }
            await store.close()
            #expect(try check(path) == "ok")
            #expect(!Files.exists(log + ".stale"))
        }
    }

    @Test func nobodyIsAnsweredBeforeTheCommit() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let file = try DatabaseFile(path: path, schema: .store)
        let log = path + "-wal"
        let before = try Files.commits(inLog: log)
        let seen = Atomic(-1)
        let change = Change({ try $0.nextChange() }) { _ in
            seen.store((try? Files.commits(inLog: log)) ?? -2, ordering: .relaxed)
        }
        let mailbox = Mailbox(limit: 10)
        #expect(mailbox.post(.change(change)) == nil)
        mailbox.close()
        GroupCommitLoop(file: file, mailbox: mailbox).run()
        #expect(seen.load(ordering: .relaxed) == before + 1)
    }
}

/// Bounds the size of every file that this process writes, as a full disk would.
struct FileSizeLimit {
    private var before = rlimit()

    init(_ bytes: Int) throws {
        signal(SIGXFSZ, SIG_IGN)
        guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before) == 0 else { throw Failure("getrlimit") }
        var limit = before
        limit.rlim_cur = rlim_t(bytes)
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { throw Failure("setrlimit") }
    }

    func lift() {
        var before = before
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before)
    }
}
