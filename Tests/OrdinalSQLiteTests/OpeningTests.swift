import GRDB
import Glibc
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

/// Who may open what, and what the others are told.
@Suite struct OpeningTests {
    private func refusal(of path: String) async -> String {
        do {
            let store = try SQLiteStore.open(path: path)
            await store.close()
            return "opened"
        } catch {
            return error.description
        }
    }

    @Test func aFileOfAnOlderVersionIsBroughtToTheNewestOrStaysAsItIs() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        func schema(_ migrations: String...) -> DatabaseSchema {
            DatabaseSchema(
                title: "a test", applicationID: 7,
                migrations: [DatabaseSchema.metaTable + "CREATE TABLE one (x INTEGER NOT NULL) STRICT;"] + migrations)
        }
        func row(_ schema: DatabaseSchema, _ sql: String) throws -> [Int] {
            let file = try DatabaseFile(path: path, schema: schema)
            defer { file.close() }
            var row: [Int] = []
            try file.transact { row = try Int.fetchAll($0.db, sql: sql) }
            return row
        }
        let next = "ALTER TABLE one ADD COLUMN y INTEGER NOT NULL DEFAULT 6;"
        #expect(try row(schema(), "INSERT INTO one VALUES (5) RETURNING x") == [5])
        #expect(throws: SQLiteFileError.self) { try row(schema(next, "CREATE TABLE one (x)"), "SELECT 1") }
        #expect(try row(schema(), "SELECT count(*) FROM pragma_table_info('one')") == [1], "all or nothing")
        #expect(try row(schema(next), "SELECT x FROM one UNION ALL SELECT y FROM one") == [5, 6])
        #expect(try row(schema(next), "SELECT count(*) FROM one") == [1], "and not once more")
        #expect {
            try row(schema(), "SELECT 1")
        } throws: {
            "\($0)".contains("was written by a newer version of Ordinal (schema 2, this one knows 1)")
        }
    }

    @Test func aSecondProcessIsToldWhoIsThere() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        await #expect(processExitsWith: .success) { [path = path as String] in
            #expect(
                throws: SQLiteFileError(
                    "\(path) is in use by process \(getppid()): stop that process, or use another file")
            ) {
                try SQLiteStore.open(path: path)
            }
        }
        #expect(await refusal(of: path).contains("process \(getpid())"), "nor may the same process open it twice")
        await store.close()
        #expect(await refusal(of: path) == "opened")
        #expect(Files.exists(path + ".lock"), "whoever removes it lets two processes lock two files")
    }

    @Test func theLockEndsWithAProcessThatIsKilled() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SQLiteStore.open(path: path)
            try await store.create(.a)
            try await store.reserve(10, of: .a)
            kill(getpid(), SIGKILL)
        }
        let store = try SQLiteStore.open(path: path)
        let reserved = try await store.reserve(10, of: .a)
        #expect(reserved.segment.first == 11)
        #expect(reserved.skipped == 0)
        await store.close()
    }

    @Test func noFileIsLeftToProgramsThatAreStarted() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        try await store.create(.a)
        var ours: [String] = []
        for name in Files.names(in: "/proc/self/fd") {
            guard let target = realpath("/proc/self/fd/\(name)", nil), let number = CInt(name) else { continue }
            defer { free(target) }
            let file = String(cString: target)
            guard file.hasPrefix(directory.path) else { continue }
            ours.append(file)
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0, "\(file) stays open across exec")
        }
        #expect(ours.count >= 3, "the lock, the database, its log: \(ours)")
        await store.close()
    }

    @Test func anotherProgramThatHasTheDatabaseOpenIsNamedAsTheReason() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        await (try SQLiteStore.open(path: path)).close()
        // SQLite's own lock, as its shell would hold it. The lock file is free.
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try await queue.write { try $0.execute(sql: "UPDATE meta SET generation = generation") }
        #expect(await refusal(of: path) == "\(path): another program has the database open: close it there")
        try queue.close()
        #expect(await refusal(of: path) == "opened")
    }

    @Test func aFileSystemInMemoryIsRefused() async throws {
        let path = "/dev/shm/ordinal-\(getpid()).db"
        #expect(await refusal(of: path).contains("tmpfs lies in memory"))
        #expect(!Files.exists(path))
        #expect(!Files.exists(path + ".lock"))
    }

    @Test(arguments: [0xef53, 0x5846_5342, 0x9123_683e, 0x2fc1_2fc1] as [UInt32])
    func ordinaryFileSystemsAreAccepted(type: UInt32) {
        #expect(FileSystem(type: type) == .ordinary)
    }

    @Test func theLayerOfAContainerIsAcceptedAndSpokenOf() {
        #expect(FileSystem(type: 0x794c_7630) == .layered)
        #expect(FileSystem.layered.durability.count == FileSystem.ordinary.durability.count + 1)
    }

    @Test(
        arguments: [0x0102_1994, 0x8584_58f6, 0x6969, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997, 0x6573_5546] as [UInt32])
    func networkAndMemoryFileSystemsAreNot(type: UInt32) {
        guard case .unsafe = FileSystem(type: type) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func aNewerSchemaIsRefusedAndLeftAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        await (try SQLiteStore.open(path: path)).close()
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        let before = try Files.read(path)
        #expect(await refusal(of: path).contains("newer version of Ordinal (schema 99"))
        #expect(try Files.read(path) == before)
    }

    @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("other.db")
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "CREATE TABLE precious (x)") }
        try queue.close()
        let before = try Files.read(path)
        #expect(
            await refusal(of: path) == "\(path) is a database of another kind, not an Ordinal store: use another file")
        #expect(try Files.read(path) == before)
    }

    @Test func aJournalIsNoStoreAndAStoreNoJournal() async throws {
        let directory = try TemporaryDirectory()
        await (try SQLiteJournal.open(path: directory.file("journal.db"))).close()
        await (try SQLiteStore.open(path: directory.file("store.db"))).close()
        #expect(await refusal(of: directory.file("journal.db")).contains("not an Ordinal store"))
        #expect(throws: SQLiteFileError.self) { try SQLiteJournal.open(path: directory.file("store.db")) }
    }

    @Test func whatIsNoDatabaseIsRefusedAndLeftAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("notes.txt")
        try Files.write(Array(repeating: UInt8(ascii: "x"), count: 5_000), to: path)
        #expect(await refusal(of: path) == "\(path): the file is not an SQLite database: use another path")
        #expect(try Files.read(path).count == 5_000)
    }

    @Test func aMissingDirectoryAndADirectoryAreNamed() async throws {
        let directory = try TemporaryDirectory()
        let missing = directory.file("no/store.db")
        #expect(await refusal(of: missing) == "the directory \(directory.file("no")) does not exist: create it")
        // Its lock is beside it, and goes with the outer one.
        let inner = directory.file("inner")
        try #require(mkdir(inner, 0o700) == 0)
        #expect(await refusal(of: inner).contains("is not a file"))
        #expect(await refusal(of: "\(inner)/").contains("is a directory"))
        #expect(await refusal(of: "").contains("empty"))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere")) func whatMayNotBeWrittenIsSaid() async throws {
        let directory = try TemporaryDirectory()
        chmod(directory.path, 0o500)
        defer { chmod(directory.path, 0o700) }
        #expect(await refusal(of: directory.file("store.db")).contains("Permission denied"))
    }

    @Test func aStartThatWasKilledHalfWayIsFinishedByTheNext() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        // An empty database in WAL mode: as it is between the first write and the tables.
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.close()
        let store = try SQLiteStore.open(path: path)
        try await store.create(.a)
        #expect(try await store.status().sequences == 1)
        await store.close()
    }

    @Test func linksLeadToOneFileAndOneLock() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        #expect(symlink(path, directory.file("link.db")) == 0)
        #expect(await refusal(of: directory.file("link.db")).contains("\(path) is in use by process"))
        #expect(store.label == "sqlite:\(path)")
        await store.close()
    }

    @Test func theFilesAreForTheOwnerAlone() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        try await store.create(.a)
        for name in directory.names { #expect(Files.mode(of: directory.file(name)) == 0o600, "\(name)") }
        await store.close()
    }

    @Test func aClosedStoreSaysSo() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        await store.close()
        await #expect(throws: StoreError.unavailable("the file is closed")) { try await store.create(.a) }
        await store.close()
        #expect(directory.names == ["store.db", "store.db.lock"], "the log is taken in")
    }

    @Test func theLockIsFreeAsSoonAsTheFileIsClosed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let first = try DatabaseFile(path: path, schema: .store)
        first.close()
        // Whatever still refers to the first.
        try withExtendedLifetime(first) {
            let second = try DatabaseFile(path: path, schema: .store)
            second.close()
        }
        #expect(throws: TransactionFailure.notDone("the file is closed")) { try first.transact { _ in } }
    }

    @Test func aStoreThatIsForgottenGivesUpItsLock() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        do { _ = try SQLiteStore.open(path: path) }
        try await eventually { await refusal(of: path) == "opened" }
    }
}
