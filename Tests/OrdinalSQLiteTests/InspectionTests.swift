import GRDB
import Glibc
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

/// What is seen of a file without touching it.
@Suite struct InspectionTests {
    private let stakes = Stakes([], SequencerPolicy(), hasJournal: true)

    private func finding(_ subject: String, _ findings: [Finding]) throws -> Finding {
        try #require(findings.first { $0.subject == subject }, "\(findings.map(\.subject))")
    }

    @Test func aFileThatIsNotThereIsNotMade() throws {
        let directory = try TemporaryDirectory()
        let facts = try SQLiteFacts.read(directory.file("store.db"))
        #expect(directory.names == [])
        #expect(facts.id == nil && facts.records.isEmpty)
        let contents = try finding("SQLite file: contents", facts.findings(at: stakes))
        #expect(contents.severity == .note && contents.seen.hasPrefix("never prepared"))
        #expect(throws: SQLiteFileError.self) { try SQLiteFacts.read(directory.file("missing/store.db")) }
    }

    @Test func aStoreInUseIsReadAndNothingOfItChanges() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        let id = try await store.status().id
        try await store.create(.a)
        try await store.reserve(10, of: .a)
        let before = try directory.names.map { try Files.read(directory.file($0)) }
        #expect(directory.names == ["store.db", "store.db-wal", "store.db.lock"])
        let facts = try SQLiteFacts.read(path)
        #expect(facts.id == id)
        #expect(facts.records.map(\.ceiling) == [10], "what is in the log alone counts")
        #expect(facts.server == getpid())
        #expect(facts.findings(at: stakes).allSatisfy { $0.severity <= .note }, "\(facts.findings(at: stakes))")
        #expect(directory.names == ["store.db", "store.db-wal", "store.db.lock"])
        #expect(try directory.names.map { try Files.read(directory.file($0)) } == before)
        #expect(try await store.reserve(10, of: .a).segment.first == 11)
        await store.close()
        #expect(try SQLiteFacts.read(path).server == nil)
    }

    /// Checkpoints come as often as they can, and every copy is whole all the same or is not taken.
    @Test func aStoreUnderLoadIsNeverCalledDamaged() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        for index in 0..<200 { try await store.create(.sample("s\(index)")) }
        let load = Task {
            var count = 0
            while !Task.isCancelled {
                for index in 0..<200 { try await store.reserve(1, of: .sample("s\(index)")) }
                count += 200
            }
            return count
        }
        var sound = 0
        for _ in 0..<20 {
            switch try await Task.detached(operation: { try SQLiteFacts.read(path) }).value.database {
            case .sound(let contents, _):
                sound += 1
                #expect(contents.records.count == 200)
            case .unreadable(let reason): #expect(reason.contains("so often"))
            case let state: Issue.record("\(state)")
            }
        }
        load.cancel()
        #expect(try await load.value > 0)
        #expect(sound > 0)
        await store.close()
    }

    @Test func aDamagedFileIsADanger() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        for index in 0..<300 { try await store.create(.sample("sequence \(index)")) }
        await store.close()
        var bytes = try Files.read(path)
        for index in bytes.indices where index > 8_192 && index % 7 == 0 { bytes[index] = 0xA5 }
        try Files.write(bytes, to: path)
        let contents = try finding("SQLite file: contents", SQLiteFacts.read(path).findings(at: stakes))
        #expect(contents.severity == .danger && contents.repeated == .unlimited, "\(contents)")
        #expect(contents.remedy?.contains("advance --all") == true)
    }

    @Test func aFileOfAnotherKindIsToldApart() async throws {
        let directory = try TemporaryDirectory()
        try Files.write(Array(String(repeating: "not a database ", count: 20).utf8), to: directory.file("text"))
        let text = try finding("SQLite file: contents", SQLiteFacts.read(directory.file("text")).findings(at: stakes))
        #expect(text.severity == .warning && text.seen.contains("not an SQLite database"), "\(text)")
        try await SQLiteJournal.open(path: directory.file("journal.db")).close()
        let journal = try finding(
            "SQLite file: contents", SQLiteFacts.read(directory.file("journal.db")).findings(at: stakes))
        #expect(journal.severity == .warning && journal.seen.contains("another kind"), "\(journal)")
    }

    @Test func aFileThatEverybodyMayWriteIsADanger() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        try await SQLiteStore.open(path: path).close()
        let before = try SQLiteFacts.read(path).findings(at: stakes)
        #expect(before.allSatisfy { $0.severity < .danger })
        chmod(path, 0o666)
        let after = try SQLiteFacts.read(path).findings(at: stakes)
        #expect(after.contains { $0.subject == "SQLite file: rights" && $0.severity == .danger })
    }

    @Test func whatThePlaceIsWorth() throws {
        let directory = try TemporaryDirectory()
        var facts = try FileFacts.read(directory.file("store.db"))
        func severity(_ subject: String) -> Finding.Severity? {
            facts.findings("f").filter { $0.subject == "f: \(subject)" }.map(\.severity).max()
        }
        facts.fileSystem = .ordinary
        #expect(severity("file system") == .ok)
        facts.mount = MountTable("1 2 8:1 / /data rw,noatime - ext4 /dev/sda1 rw,barrier=0").mount(of: "/data/x")
        #expect(severity("file system") == .danger)
        facts.mount = nil
        facts.fileSystem = .layered
        #expect(severity("file system") == .danger)
        facts.fileSystem = FileSystem(type: 0x6969)
        #expect(severity("file system") == .danger)
        facts.freeBytes = 64 << 20
        #expect(severity("room") == .ok)
        facts.freeBytes -= 1
        #expect(severity("room") == .warning)
        facts.flushFailure = "I/O error"
        #expect(severity("flushing") == .danger)
        facts.isWritable = false
        #expect(severity("rights") == .warning)
    }

    @Test func mountsAndLocksAreReadAsTheKernelWritesThem() {
        let mounts = MountTable(
            """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            40 22 8:2 / /my\\040data rw - xfs /dev/sda2 rw,nobarrier
            41 22 0:9 / /my\\040data/in tmpfs
            broken
            """)
        #expect(mounts.mount(of: "/home/x")?.type == "ext4")
        #expect(mounts.mount(of: "/my data/in/store")?.type == "xfs")
        #expect(mounts.mount(of: "/my data")?.hasNoBarriers == true)
        #expect(mounts.mount(of: "/my database")?.path == "/")
        let locks = LockTable(
            "1: POSIX  ADVISORY  WRITE 7 fe:00:5 0 EOF\n2: FLOCK  ADVISORY  WRITE 42 fe:00:16 0 EOF\nx")
        #expect(locks.holder(ofInode: 16) == 42)
        #expect(locks.holder(ofInode: 5) == nil)
    }
}

/// What a journal says of a store.
@Suite struct JournalInspectionTests {
    private let stakes = Stakes([], SequencerPolicy(), hasJournal: true)

    private func storeFinding(floor: Int64, in id: StoreID? = nil, ofLife life: Life = .one) async throws -> Finding {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        let status = try await store.status()
        try await store.create(.a)
        try await store.reserve(100, of: .a)
        await store.close()
        let journal = try SQLiteJournal.open(path: directory.file("journal.db"))
        try await journal.record(
            JournalEntry(life: life, floor: floor, options: .standard), of: .a, in: id ?? status.id)
        await journal.close()
        let facts = try JournalFacts.read(directory.file("journal.db"))
        let findings = facts.findings(for: try SQLiteFacts.read(directory.file("store.db")), at: stakes)
        #expect(findings.contains { $0.subject == "journal: place" && $0.severity == .note })
        return try #require(findings.first { $0.subject == "journal: store" })
    }

    @Test func oneThatFitsIsFine() async throws {
        #expect(try await storeFinding(floor: 100).severity == .ok)
        #expect(try await storeFinding(floor: 9_000, ofLife: .two).severity == .note, "another life says little")
    }

    @Test func aStoreThatWentBackIsSeen() async throws {
        let finding = try await storeFinding(floor: 350)
        #expect(finding.severity == .warning && finding.seen.contains("up to 250 below"), "\(finding)")
        #expect(finding.lost == .atMost(stakes.offset))
    }

    @Test func oneOfAnotherStoreIsSeen() async throws {
        let finding = try await storeFinding(floor: 100, in: StoreID(rawValue: 5))
        #expect(finding.severity == .warning && finding.seen.contains("none of this one"), "\(finding)")
        #expect(finding.repeated == .unlimited)
    }
}
