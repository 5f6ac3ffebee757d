import GRDB
import NIOConcurrencyHelpers
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

@Suite struct BackupTests {
    @Test func aBackupUnderLoadIsOneMomentOfTheStore() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        try fill(path, with: 50_000)
        let store = try SQLiteStore.open(path: path)
        // Two sequences that are always raised in turns: in any one moment they are no more than one step apart.
        try await store.create(.sample("left"))
        try await store.create(.sample("right"))
        let load = Task {
            var steps: Int64 = 0
            while !Task.isCancelled {
                try await store.reserve(1, of: .sample("left"))
                try await store.reserve(1, of: .sample("right"))
                steps += 1
            }
            return steps
        }
        try await eventually { try await store.find(.sample("right"), known: nil).ceiling > 3 }
        var (backup, left, attempts) = ("", Int64(0), 0)
        // On a busy machine a backup may be over before the load gets to its next step.
        // What is committed while one is made is in it, and does not wait for its end.
        try await eventually {
            attempts += 1
            backup = directory.file("backup \(attempts).db")
            let before = try await store.find(.sample("left"), known: nil).ceiling
            try await store.backup(to: backup)
            left = try #require(try ceiling(of: .sample("left"), in: backup))
            let right = try #require(try ceiling(of: .sample("right"), in: backup))
            #expect(left == right || left == right + 1)
            return left > before
        }
        load.cancel()
        #expect(left <= (try await load.value))
        let queue = try DatabaseQueue(path: backup)
        #expect(try await queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        #expect(try await queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sequences") } == 50_002)
        try queue.close()
        await store.close()
    }

    @Test func aBackupIsOneFileForItsOwnerAlone() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        try await store.create(.a)
        try await store.backup(to: directory.file("backup.db"))
        await store.close()
        #expect(directory.names == ["backup.db", "store.db", "store.db.lock"])
        #expect(Files.mode(of: directory.file("backup.db")) == 0o600)
    }

    @Test func aBackupNeverOverwrites() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        let target = directory.file("precious")
        try Files.write([1, 2, 3], to: target)
        await #expect { try await store.backup(to: target) } throws: { error in
            (error as? StoreError)?.unavailable?.contains("never overwrites") == true
        }
        await #expect(throws: StoreError.self) { try await store.backup(to: directory.file("store.db")) }
        #expect(try Files.read(target) == [1, 2, 3])
        await store.close()
        #expect(directory.names == ["precious", "store.db", "store.db.lock"])
    }

    /// A backup holds no change up: those that come meanwhile are committed at once, and are in it.
    @Test func whatIsCommittedWhileABackupIsMadeIsInIt() throws {
        let directory = try TemporaryDirectory()
        let (path, target) = (directory.file("store.db"), directory.file("backup.db"))
        try fill(path, with: 100_000)
        let file = try DatabaseFile(path: path, schema: .store)
        var (before, after, pauses): (Int64, Int64, Int64) = (0, 0, 0)
        var shortest = Int.max
        try file.transact { before = try $0.nextChange() }
        try DatabaseBackup.write(file, to: target) {
            try file.transact { after = try $0.nextChange() }
            // So much that the log is emptied meanwhile, and the copy goes on.
            if pauses < 8 {
                try file.transact { transaction in
                    try transaction.db.execute(
                        sql: """
                            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
                            INSERT INTO ended SELECT randomblob(200), randomblob(16), i FROM n
                            """)
                }
            }
            pauses += 1
            file.shortenLog()
            if pauses > 4 { shortest = min(shortest, try Files.read(path + "-wal").count) }
        }
        #expect(after > before && pauses > 8)
        #expect(shortest < 1 << 20, "the log was emptied: \(shortest)")
        let queue = try DatabaseQueue(path: target)
        #expect(try queue.read { try Int64.fetchOne($0, sql: "SELECT changes FROM meta") } == after)
        try queue.close()
        file.close()
    }

    /// Whoever stops does not wait for the copy of a large file, nor leaves half of one behind.
    @Test func aStopEndsABackup() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        try fill(path, with: 100_000)
        let file = try DatabaseFile(path: path, schema: .store)
        let mailbox = Mailbox(limit: 10)
        let failures = NIOLockedValueBox<[TransactionFailure?]>([])
        // The change is done while the first backup is made, and by then there is to be an end.
        let change = Change({ try $0.nextChange() }) { _ in mailbox.close() }
        for name in ["one.db", "two.db"] {
            let order = Order.backup(to: directory.file(name)) { failure in
                failures.withLockedValue { $0.append(failure) }
            }
            #expect(mailbox.post(order) == nil)
        }
        #expect(mailbox.post(.change(change)) == nil)
        GroupCommitLoop(file: file, mailbox: mailbox).run()
        #expect(failures.withLockedValue { $0.compactMap { $0?.reason.contains("being closed") } } == [true, true])
        #expect(directory.names == ["store.db", "store.db.lock"])
    }

    @Test func aFileThatComesWhileTheBackupIsMadeIsNotOverwritten() async throws {
        let directory = try TemporaryDirectory()
        let (path, target) = (directory.file("store.db"), directory.file("backup.db"))
        try fill(path, with: 20_000)
        let file = try DatabaseFile(path: path, schema: .store)
        #expect(throws: TransactionFailure.self) {
            try DatabaseBackup.write(file, to: target) { try Files.write([1, 2, 3], to: target) }
        }
        #expect(try Files.read(target) == [1, 2, 3])
        file.close()
        #expect(directory.names == ["backup.db", "store.db", "store.db.lock"])
    }

    @Test func whatFailsLeavesNothingBehind() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        try fill(path, with: 20_000)
        let store = try SQLiteStore.open(path: path)
        for target in ["backup.db", directory.file("no/backup.db"), ""] {
            await #expect(throws: StoreError.self) { try await store.backup(to: target) }
        }
        await store.close()
        let file = try DatabaseFile(path: path, schema: .store)
        #expect(throws: TransactionFailure.self) {
            try DatabaseBackup.write(file, to: directory.file("backup.db")) { throw Failure("in the middle") }
        }
        file.close()
        #expect(directory.names == ["store.db", "store.db.lock"])
    }

    @Test func theStoreOutlivesAFileThatIsReplacedDuringItsBackup() async throws {
        let directory = try TemporaryDirectory()
        let (path, copy) = (directory.file("store.db"), directory.file("copy.db"))
        try fill(path, with: 20_000)
        try Files.copy(path, to: copy)
        let file = try DatabaseFile(path: path, schema: .store)
        try file.transact { _ = try $0.nextChange() }
        let outcome = Result { () throws(TransactionFailure) in
            try DatabaseBackup.write(file, to: directory.file("backup.db")) {
                try Files.move(copy, to: path)
                // The backup still reads from the old file: nothing is written anywhere.
                #expect(throws: TransactionFailure.self) { try file.transact { _ = try $0.nextChange() } }
                try file.checkForBackup()
            }
        }
        #expect(throws: TransactionFailure.self) { try outcome.get() }
        var changes: Int64 = -1
        try file.transact { changes = try $0.meta().changes }
        #expect(changes == 0, "it goes on with the file that is there now")
        file.close()
        #expect(directory.names == ["store.db", "store.db.lock"])
    }
}

/// Makes a store of so many sequences with one statement.
func fill(_ path: String, with count: Int) throws {
    let file = try DatabaseFile(path: path, schema: .store)
    defer { file.close() }
    try file.transact { transaction in
        try transaction.db.execute(
            sql: """
                WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ?)
                INSERT INTO sequences
                SELECT CAST(printf('sequence %08d', n) AS BLOB), randomblob(16), 0, 0, 'home', NULL, 0, 1, ?, 0 FROM counter;
                """, arguments: [count, SequenceOptions.highestNumber])
        try transaction.db.execute(sql: "UPDATE meta SET sequences = ?", arguments: [count])
    }
}

extension SequenceEntry {
    var ceiling: Int64 {
        if case .live(let record) = self { record.ceiling } else { -1 }
    }
}
