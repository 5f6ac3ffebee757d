import Foundation
import RESP
import SeededRandom
import TestSupport
import Testing

extension Lifecycle {
    /// The database changes under the running server.
    @Suite struct ReplacedFileTests {
        @Test(arguments: ["mv yesterday.db ordinal.db", "cp yesterday.db new.db && mv new.db ordinal.db"])
        func replacedUnderTheRunningServer(command: String) async throws {
            var random = SeededRandom(for: "replaced under the running server")
            let scene = try await RestoreScene("segment.min=50")
            try scene.take(100)
            try await scene.backUp(to: "yesterday.db")
            try scene.take(1_000)
            var ledger = Ledger()
            let load = try Load(
                port: scene.server.port, habits: Load.all, sequences: ["orders", "a", "b"], random: &random)
            async let takings = load.takings()
            try await load.isUnderWay()
            try await Task.sleep(for: .milliseconds(100))
            try await scene.shell(command)
            try await eventually("the server notices") { scene.server.log.contains("the store went back") }
            try await Task.sleep(for: .milliseconds(100))
            try scene.take(1_000)
            try await scene.expectWentBack()
            try await scene.stop()
            let all = try await takings
            ledger.enter(all)
            expectGoodEnd(all)
            try expectSound(ledger, "replaced under the running server")

            try await scene.start()
            try scene.take(10)
            ledger.enter([Taking(numbers: ["orders": [try scene.take(1)]])])
            #expect(ledger.violations == [])
            try await scene.stop()
        }

        /// Plain copies know no edition: the file is told by its inode, the past by the floor.
        @Test func replacedByAPlainCopy() async throws {
            let scene = try await RestoreScene("segment.size=100")
            try scene.take(100)
            try await scene.stop()
            try await scene.shell("cp ordinal.db yesterday.db")
            try await scene.start()
            let today = try scene.take(2_000)
            try await scene.shell("mv yesterday.db ordinal.db")
            #expect(try scene.take(1_000) > today + 1_000_000 - 2_000)
            try await scene.expectWentBack()
            try await scene.stop()
        }

        /// Numbers in hand are handed out; then a clear error; then, with the file back, numbers again.
        @Test(arguments: ["mv gone.db ordinal.db", "cp yesterday.db ordinal.db"])
        func deletedUnderTheRunningServer(back: String) async throws {
            let scene = try await RestoreScene("segment.size=100", "wait=300ms")
            try scene.take(10)
            try await scene.backUp(to: "yesterday.db")
            try scene.take(10)
            try await scene.shell("mv ordinal.db gone.db")
            let (taken, error) = try scene.takeUntilRefused()
            #expect((1...200).contains(taken), "what was in hand came first, and no more: \(taken)")
            #expect(
                error.contains("there is no file at \(scene.directory.path)/ordinal.db any more: put it back"),
                "\(error)")
            #expect(error.hasPrefix("TRYAGAIN no number within 0.3 s"), "\(error)")
            try await eventually("it is logged") { scene.server.log.contains("there is no file at") }

            try await scene.shell(back)
            try await eventually("it serves again") { try scene.ask().asInteger != nil }
            try scene.take(1_000)
            #expect(try scene.count("store_failures") > 0)
            #expect(try scene.count("gap_mending") >= (back.hasPrefix("cp") ? 1_000_000 : 0))
            try await scene.stop()
        }

        /// `rm ordinal.db*`: database, log, journal and lock file are gone, and only this process remembers.
        @Test func everythingDeletedUnderTheRunningServer() async throws {
            let scene = try await RestoreScene("segment.size=100", "wait=300ms")
            try scene.take(10)
            try await scene.backUp(to: "yesterday.copy")
            try scene.take(1_000)
            try await scene.shell("rm -f ordinal.db*")
            let (_, error) = try scene.takeUntilRefused()
            #expect(error.contains("put it back"), "\(error)")
            try await scene.shell("cp yesterday.copy ordinal.db")
            try await eventually("it serves again") { try scene.ask().asInteger != nil }
            try scene.take(500)
            try await scene.expectWentBack()
            try await scene.stop()
        }
    }
}
