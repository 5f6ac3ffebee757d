import Glibc
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

/// What operators do to the file under a running store, and while it is down.
@Suite struct ReplacementTests {
    private struct Place {
        let directory: TemporaryDirectory
        var path: String { directory.file("store.db") }
        var copy: String { directory.file("copy.db") }

        init() throws { directory = try TemporaryDirectory() }

        /// A store with the numbers up to 10 in a raw copy, as `cp` makes it, and those up to 1,000 in use.
        func storeWithOldCopy() async throws -> SQLiteStore {
            let early = try SQLiteStore.open(path: path)
            try await early.create(.a)
            try await early.reserve(10, of: .a)
            await early.close()
            try Files.copy(path, to: copy)
            let store = try SQLiteStore.open(path: path)
            try await store.reserve(990, of: .a)
            return store
        }
    }

    @Test func anOlderFileMovedOverARunningStoreMakesItJump() async throws {
        let place = try Place()
        let store = try await place.storeWithOldCopy()
        let home = try await store.status().home
        try Files.move(place.copy, to: place.path)
        // Not even somebody without a floor gets a number twice.
        let reserved = try await store.reserve(10, of: .a, offset: 5_000)
        #expect(reserved.skipped == 5_000)
        #expect(reserved.segment.first == 5_011)
        #expect(try await store.status().home != home)
        #expect(try await store.reserve(10, of: .a).skipped == 0)
        await store.close()
        #expect(try ceiling(of: .a, in: place.path) == 5_030, "it went into the new file")
    }

    @Test func theLogOfTheReplacedFileIsNotReplayedIntoTheNewOne() async throws {
        let place = try Place()
        let store = try await place.storeWithOldCopy()
        for index in 0..<50 {
            _ = try await store.create(
                try SequenceName("new \(index)"), life: .two, at: 0, options: .standard)
        }
        try Files.move(place.path, to: place.directory.file("aside.db"))
        try Files.move(place.copy, to: place.path)
        #expect(try await store.list(after: nil, limit: 100).map(\.name) == [.a])
        await store.close()
        #expect(try ceiling(of: .a, in: place.directory.file("aside.db")) == 1_000, "what was moved away is whole")
        #expect(!place.directory.names.contains { $0.hasSuffix("-wal") || $0.hasSuffix("stale") })
    }

    @Test func aFileThatIsGoneIsNotMadeAnew() async throws {
        let place = try Place()
        let store = try SQLiteStore.open(path: place.path)
        try await store.create(.a)
        try await store.reserve(10, of: .a)
        unlink(place.path)
        for _ in 0..<3 {
            await #expect { try await store.reserve(10, of: .a) } throws: { error in
                (error as? StoreError)?.unavailable == "there is no file at \(place.path) any more: put it back"
            }
        }
        await #expect(throws: StoreError.self) { _ = try await store.create(.b) }
        #expect(!Files.exists(place.path))
        // An empty file in its place is not taken for a new store either.
        try Files.write([], to: place.path)
        await #expect { try await store.reserve(10, of: .a) } throws: { error in
            (error as? StoreError)?.unavailable?.contains("is empty") == true
        }
        #expect(try Files.read(place.path).isEmpty)
        await store.close()
    }

    @Test func aFileThatIsPutBackGoesOnAsBefore() async throws {
        let place = try Place()
        let store = try SQLiteStore.open(path: place.path)
        try await store.create(.a)
        try await store.reserve(10, of: .a)
        try Files.move(place.path, to: place.copy)
        await #expect(throws: StoreError.self) { try await store.reserve(10, of: .a) }
        try Files.move(place.copy, to: place.path)
        let reserved = try await store.reserve(10, of: .a)
        #expect(reserved.skipped == 0)
        #expect(reserved.segment.first == 11)
        await store.close()
        #expect(try ceiling(of: .a, in: place.path) == 20)
    }

    @Test func aLogThatIsRemovedCostsNothing() async throws {
        let place = try Place()
        let store = try SQLiteStore.open(path: place.path)
        try await store.create(.a)
        try await store.reserve(10, of: .a)
        unlink(place.path + "-wal")
        // Commits into a file without a name would be lost in a crash.
        #expect(try await store.reserve(10, of: .a).segment.first == 11)
        #expect(try Files.commits(inLog: place.path + "-wal") > 0)
        await store.close()
        #expect(try ceiling(of: .a, in: place.path) == 20)
    }

    @Test func anOlderFileMovedThereWhileTheStoreIsDownMakesItJump() async throws {
        let place = try Place()
        await (try await place.storeWithOldCopy()).close()
        try Files.move(place.copy, to: place.path)
        let store = try SQLiteStore.open(path: place.path)
        #expect(try await store.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        await store.close()
    }

    @Test func anOlderFileCopiedOverTheOldInodeIsSeenByTheFloor() async throws {
        let place = try Place()
        let journal = try SQLiteJournal.open(path: place.directory.file("journal.db"))
        let store = try await place.storeWithOldCopy()
        let id = try await store.status().id
        try await journal.record(JournalEntry(life: .one, floor: 1_000, options: .standard), of: .a, in: id)
        await store.close()
        let inode = Files.inode(of: place.path)
        try Files.copy(place.copy, to: place.path)
        #expect(Files.inode(of: place.path) == inode)
        let again = try SQLiteStore.open(path: place.path)
        let floor = try #require(try await journal.entry(of: .a, life: .one, in: again.status().id)).floor
        let reserved = try await again.reserve(10, of: .a, above: floor, offset: 5_000)
        #expect(reserved.segment.first == 6_001)
        await again.close()
        await journal.close()
    }

    @Test func aBackupCopiedOverTheOldInodeShowsItself() async throws {
        let place = try Place()
        let store = try SQLiteStore.open(path: place.path)
        try await store.create(.a)
        try await store.reserve(10, of: .a)
        try await store.backup(to: place.copy)
        try await store.reserve(990, of: .a)
        await store.close()
        let inode = Files.inode(of: place.path)
        try Files.copy(place.copy, to: place.path)
        #expect(Files.inode(of: place.path) == inode)
        // Without a journal, without a floor.
        let again = try SQLiteStore.open(path: place.path)
        #expect(try await again.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        await again.close()
    }

    @Test func theLogOfAKilledProcessIsNotReplayedIntoAFileThatWasPutThere() async throws {
        let place = try Place()
        await (try await place.storeWithOldCopy()).close()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = place.path as String] in
            let store = try SQLiteStore.open(path: path)
            for index in 0..<50 {
                _ = try await store.create(try SequenceName("new \(index)"), life: .two, at: 0, options: .standard)
            }
            kill(getpid(), SIGKILL)
        }
        #expect(try Files.commits(inLog: place.path + "-wal") >= 50)
        try Files.move(place.copy, to: place.path)
        let store = try SQLiteStore.open(path: place.path)
        #expect(try await store.list(after: nil, limit: 100).map(\.name) == [.a])
        #expect(try await store.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        await store.close()
        #expect(try Files.commits(inLog: place.path + "-wal.stale") >= 50, "nothing is thrown away")
    }

    /// The file is the same, what is in it is not: without a floor nobody but the file itself can tell.
    @Test func anOlderCopyWrittenIntoTheFileShowsItself() async throws {
        let place = try Place()
        let store = try await place.storeWithOldCopy()
        let home = try await store.status().home
        await store.close()
        try Files.copy(place.copy, to: place.path)
        let restored = try SQLiteStore.open(path: place.path)
        #expect(try await restored.status().home != home)
        #expect(try await restored.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        #expect(try await restored.reserve(10, of: .a, offset: 5_000).skipped == 0)
        await restored.close()
    }

    /// `cp` keeps the inode: what was committed since is in a log that does not belong to the copy.
    @Test func anOlderCopyWrittenIntoTheFileOfARunningStoreShowsItself() async throws {
        let place = try Place()
        let store = try await place.storeWithOldCopy()
        for index in 0..<50 {
            _ = try await store.create(.sample("new \(index)"), life: .two, at: 0, options: .standard)
        }
        let home = try await store.status().home
        try Files.copy(place.copy, to: place.path)
        await #expect { try await store.reserve(10, of: .a) } throws: { error in
            (error as? StoreError)?.unavailable?.contains("another program writes into \(place.path)") == true
        }
        try await eventually("it is opened again") { (try? await store.status()) != nil }
        #expect(try await store.status().home != home)
        #expect(try await store.list(after: nil, limit: 100).map(\.name) == [.a])
        #expect(try await store.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        #expect(try await store.reserve(10, of: .a, offset: 5_000).skipped == 0)
        await store.close()
        #expect(try check(place.path) == "ok")
        #expect(try Files.commits(inLog: place.path + "-wal.stale") >= 50, "nothing is thrown away")
    }

    /// The stop empties no log into a file that is not its own any more.
    @Test func aCopyWrittenIntoTheFileJustBeforeTheStopStaysAsItIs() async throws {
        let place = try Place()
        let store = try await place.storeWithOldCopy()
        for index in 0..<50 {
            _ = try await store.create(.sample("new \(index)"), life: .two, at: 0, options: .standard)
        }
        try Files.copy(place.copy, to: place.path)
        await store.close()
        #expect(try Files.read(place.path) == Files.read(place.copy))
        let restored = try SQLiteStore.open(path: place.path)
        #expect(try await restored.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        await restored.close()
    }

    /// A copy that is still being written is not opened: half of it would be taken for the whole.
    @Test func aFileIsNotOpenedWhileSomebodyWritesIntoIt() async throws {
        let place = try Place()
        let store = try await place.storeWithOldCopy()
        let copy = try Files.read(place.copy)
        for _ in 0..<15 {
            try Files.write(Array(copy.prefix(copy.count / 2)), to: place.path)
            await #expect(throws: StoreError.self) { try await store.reserve(10, of: .a) }
            try await Task.sleep(for: .milliseconds(100))
        }
        try Files.write(copy, to: place.path)
        try await eventually("it is opened again") { (try? await store.status()) != nil }
        #expect(try await store.reserve(10, of: .a, offset: 5_000).segment.first == 5_011)
        await store.close()
        #expect(try check(place.path) == "ok")
    }

    @Test func aPlainCopyOfARunningStoreShowsItselfAfterACleanStop() async throws {
        let place = try Place()
        let store = try SQLiteStore.open(path: place.path)
        try await store.create(.a)
        // Without the log, as a copy of the file alone is.
        try Files.copy(place.path, to: place.copy)
        let home = try await store.status().home
        await store.close()
        try Files.copy(place.copy, to: place.path)
        let restored = try SQLiteStore.open(path: place.path)
        #expect(try await restored.status().home != home)
        await restored.close()
    }

    /// `rm ordinal.db-wal`, or a database that was moved without its log.
    @Test func aLogThatIsGoneAfterAKillShowsItself() async throws {
        let place = try Place()
        try await storeThatIsKilled(at: place)
        unlink(place.path + "-wal")
        let store = try SQLiteStore.open(path: place.path)
        #expect(try await store.reserve(10, of: .a, offset: 5_000).segment.first == 5_001)
        await store.close()
    }

    /// The same without a lock file, which remembers more than anybody else.
    @Test func aLogThatIsGoneShowsItselfWithoutTheLockFile() async throws {
        let place = try Place()
        try await storeThatIsKilled(at: place)
        unlink(place.path + "-wal")
        unlink(place.path + ".lock")
        let home: Home
        do {
            let store = try SQLiteStore.open(path: place.path)
            #expect(try await store.reserve(10, of: .a, offset: 5_000).segment.first == 5_001)
            home = try await store.status().home
            await store.close()
        }
        unlink(place.path + ".lock")
        let again = try SQLiteStore.open(path: place.path)
        #expect(try await again.status().home == home, "what was closed lacks nothing")
        await again.close()
    }

    @Test func aLogBesideABackupIsNotReplayedIntoItWithoutTheLockFile() async throws {
        let place = try Place()
        let early = try SQLiteStore.open(path: place.path)
        try await early.create(.a)
        try await early.reserve(10, of: .a)
        try await early.backup(to: place.copy)
        await early.close()
        try await storeThatIsKilled(at: place)
        unlink(place.path + ".lock")
        try Files.move(place.copy, to: place.path)
        let store = try SQLiteStore.open(path: place.path)
        #expect(try await store.list(after: nil, limit: 100).map(\.name) == [.a])
        await store.close()
        #expect(try check(place.path) == "ok")
    }

    /// A process that is killed while the disk fails leaves a log, and the next one goes on with it.
    @Test func openedAgainAfterAnErrorItHasAllOfItsLog() async throws {
        let place = try Place()
        await #expect(processExitsWith: .success) { [path = place.path as String] in
            let store = try SQLiteStore.open(path: path)
            try await store.create(.a)
            try await store.reserve(10, of: .a)
            let home = try await store.status().home
            let limit = try FileSizeLimit(4_096)
            await #expect(throws: StoreError.self) { try await store.reserve(10, of: .a) }
            limit.lift()
            #expect(try await store.status().home == home)
            #expect(try await store.reserve(10, of: .a).skipped == 0)
            await store.close()
        }
        #expect(try #require(try ceiling(of: .a, in: place.path)) >= 20)
    }

    /// A database that was here is not begun anew: its numbers would begin at 1.
    @Test(arguments: [false, true])
    func whatWasHereIsNotBegunAnew(isEmpty: Bool) async throws {
        let place = try Place()
        try await storeThatIsKilled(at: place)
        try Files.move(place.path, to: place.copy)
        if isEmpty { try Files.write([], to: place.path) }
        let reason = isEmpty ? "\(place.path) is empty: put the database back" : "\(place.path) was here and is gone"
        #expect { try SQLiteStore.open(path: place.path) } throws: { "\($0)".hasPrefix(reason) }
        try Files.move(place.copy, to: place.path)
        let store = try SQLiteStore.open(path: place.path)
        #expect(try await store.reserve(1, of: .a).segment.first == 1_011, "with its log, and so with all of it")
        await store.close()
        unlink(place.path)
        unlink(place.path + ".lock")
        let new = try SQLiteStore.open(path: place.path)
        #expect(try await new.status().sequences == 0)
        await new.close()
    }

    /// A store whose process was killed with numbers up to 1,010 in use, 10 of them in the log alone.
    private func storeThatIsKilled(at place: Place) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = place.path as String] in
            let early = try SQLiteStore.open(path: path)
            if try await early.find(.a, known: nil) == .absent { try await early.create(.a) }
            await early.close()
            let store = try SQLiteStore.open(path: path)
            for _ in 0..<101 { try await store.reserve(10, of: .a) }
            kill(getpid(), SIGKILL)
        }
        #expect(try Files.commits(inLog: place.path + "-wal") == 101)
    }

    @Test func theLogOfAKilledProcessIsKeptWithItsFile() async throws {
        let place = try Place()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = place.path as String] in
            let store = try SQLiteStore.open(path: path)
            try await store.create(.a)
            try await store.reserve(10, of: .a)
            kill(getpid(), SIGKILL)
        }
        #expect(try Files.commits(inLog: place.path + "-wal") >= 2)
        let store = try SQLiteStore.open(path: place.path)
        // No commit rests on a log whose pages may never have reached the disk: it was taken in before the first.
        #expect(try Files.commits(inLog: place.path + "-wal") == 0)
        #expect(try await store.reserve(1, of: .a).segment.first == 11)
        await store.close()
    }
}
