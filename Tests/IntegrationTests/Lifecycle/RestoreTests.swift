import Foundation
import RESP
import TestSupport
import Testing

extension Lifecycle {
    /// Yesterday's database is put back while the server is down.
    @Suite struct RestoreTests {
        /// How a copy of the database comes to be.
        enum Copy: CaseIterable {
            case backup, plainCopy
        }

        /// How it is put back.
        enum Way: String, CaseIterable {
            /// Into the file that is there.
            case sameFile = "cp yesterday.db ordinal.db"
            case newFile = "rm ordinal.db && cp yesterday.db ordinal.db"
            case renamed = "mv yesterday.db ordinal.db"
        }

        @Test(arguments: Copy.allCases, Way.allCases)
        func noNumberComesAgain(copy: Copy, way: Way) async throws {
            let scene = try await RestoreScene()
            try scene.take(100)
            switch copy {
            case .backup:
                try await scene.backUp(to: "yesterday.db")
            case .plainCopy:
                try await scene.stop()
                try await scene.shell("cp ordinal.db yesterday.db")
                try await scene.start()
            }
            let today = try scene.take(5_000)
            try await scene.stop()
            try await scene.shell("rm -f ordinal.db-wal && \(way.rawValue)")
            try await scene.start()

            let next = try scene.take(1)
            #expect(next > today + 1_000_000 - 5_000, "the failover offset was left out")
            try await scene.expectWentBack()
            try scene.take(3_000)

            // It is told once, and then the store is as good as any.
            try await scene.stop()
            try await scene.start()
            #expect(try scene.take(1) == next + 3_001)
            #expect(try scene.count("store_went_back") == 0)
            try await scene.stop()
        }

        /// Killed, so that the write-ahead log is full and the floor is beyond what was handed out.
        @Test(arguments: Way.allCases)
        func noNumberComesAgainAfterAKill(way: Way) async throws {
            let scene = try await RestoreScene("segment.min=50")
            try scene.take(100)
            try await scene.backUp(to: "yesterday.db")
            let today = try scene.take(5_000)
            try await scene.stop(SIGKILL)
            try await scene.shell("rm -f ordinal.db-wal && \(way.rawValue)")
            try await scene.start()
            #expect(try scene.take(1) > today)
            try await scene.expectWentBack()
            try scene.take(3_000)
            try await scene.stop()
        }

        /// What `README` says not to forget is forgotten: the log of the newer database stays beside the older one.
        @Test(arguments: Way.allCases)
        func theLogOfTheNewerDatabaseDoesNoHarm(way: Way) async throws {
            let scene = try await RestoreScene("segment.min=50")
            try scene.take(100)
            try await scene.backUp(to: "yesterday.db")
            let today = try scene.take(5_000)
            try await scene.stop(SIGKILL)
            try await scene.shell("test -s ordinal.db-wal; \(way.rawValue)")
            try await scene.start()
            #expect(try scene.take(1) > today)
            try await scene.expectWentBack()
            try scene.take(3_000)
            try await scene.stop()
            let check = try await run("sqlite3", ["ordinal.db", "PRAGMA integrity_check"], in: scene.directory.path)
            #expect(check.output == "ok\n")
        }

        /// The same without a journal, and with a log that says nothing of most sequences: only the file itself can tell.
        @Test(arguments: Way.allCases)
        func theLogOfTheNewerDatabaseDoesNoHarmWithoutAJournal(way: Way) async throws {
            let scene = try await RestoreScene("segment.min=50", "journal.mode=off")
            let sequences = (0..<200).map { "s\($0)" }
            for sequence in sequences { try scene.take(1, of: sequence) }
            try await scene.backUp(to: "yesterday.db")
            for sequence in sequences { try scene.take(30, of: sequence) }
            try await scene.stop()
            try await scene.start()
            try scene.take(1, of: "s1")
            try await scene.stop(SIGKILL)
            try await scene.shell("test -s ordinal.db-wal; \(way.rawValue)")
            try await scene.start()
            for sequence in sequences { try scene.take(1, of: sequence) }
            try await scene.expectWentBack("s2")
            try await scene.stop()
        }

        /// A backup that nothing was taken after, put back: nothing was lost, whatever is left out.
        @Test func aFreshBackupIsFine() async throws {
            let scene = try await RestoreScene()
            try scene.take(10)
            try await scene.backUp(to: "now.db")
            try await scene.stop()
            try await scene.shell("rm ordinal.db && cp now.db ordinal.db")
            try await scene.start()
            try scene.take(10)
            try await scene.stop()
        }

        /// A sequence that the backup does not know does not begin at 1: the journal knows it.
        @Test(arguments: [Way.sameFile, .newFile])
        func aBackupOlderThanASequence(way: Way) async throws {
            let scene = try await RestoreScene()
            try scene.take(1, of: "older")
            try await scene.backUp(to: "yesterday.db")
            try scene.take(200)
            let life = try scene.life()
            try await scene.stop()
            try await scene.shell(way.rawValue)
            try await scene.start()
            #expect(try scene.take(1) > 1_000_000)
            #expect(try scene.life() == life)
            try await scene.expectMended()
            try scene.take(2_000)
            #expect(try scene.take(1, of: "older") > 1_000_000)
            try await scene.expectWentBack("older")
            try await scene.stop()
        }

        /// GET does not create, and yet it must not say that a lost sequence is not there.
        @Test func getKnowsALostSequence() async throws {
            let scene = try await RestoreScene()
            try scene.take(1, of: "older")
            try await scene.backUp(to: "yesterday.db")
            let today = try scene.take(200)
            try await scene.stop()
            try await scene.shell("rm ordinal.db && cp yesterday.db ordinal.db")
            try await scene.start()
            #expect(try scene.socket.number("GET", "orders") > today)
            try await scene.expectMended()
            try await scene.stop()
        }

        /// The backup has a life that was restarted or deleted since.
        @Test func aBackupOlderThanALife() async throws {
            let scene = try await RestoreScene()
            try scene.take(50)
            try scene.take(50, of: "deleted")
            try await scene.backUp(to: "yesterday.db")
            #expect(try scene.socket.command("SET", "orders", "0", "FORCE") == .simple("OK"))
            scene.forget("orders")
            #expect(try scene.take(300) == 300)
            let life = try scene.life()
            #expect(try scene.socket.command("DEL", "deleted") == .integer(1))
            try await scene.stop()
            try await scene.shell("rm ordinal.db && cp yesterday.db ordinal.db")
            try await scene.start()
            #expect(try scene.take(1) > 1_000_000)
            #expect(try scene.life() == life, "the newest life goes on, not the one of the backup")
            try await scene.expectMended()
            // Its tombstone is lost with the database; the old life goes on beyond all that it handed out.
            #expect(try scene.take(1, of: "deleted") > 1_000_000)
            try await scene.expectWentBack("deleted")
            try await scene.stop()
        }

        /// Database and journal together: nothing can see it, and the operator's hand is there for it.
        @Test func restoredTogetherTheOperatorAdvances() async throws {
            let scene = try await RestoreScene()
            try scene.take(100)
            try scene.take(100, of: "invoices")
            try await scene.stop()
            try await scene.shell("cp ordinal.db yesterday.db && cp ordinal.db.floors yesterday.floors")
            try await scene.start()
            try scene.take(5_000)
            try scene.take(5_000, of: "invoices")
            try await scene.stop()
            try await scene.shell("cp yesterday.db ordinal.db && cp yesterday.floors ordinal.db.floors")
            try await scene.start()
            let advanced = try await ordinal(
                "advance", "--all", "--by", "100000", "--yes", "--server", "127.0.0.1:\(scene.server.port)")
            #expect(advanced.status == 0, "\(advanced.errors)")
            try scene.take(100)
            try scene.take(100, of: "invoices")
            try await scene.stop()
        }
    }
}
