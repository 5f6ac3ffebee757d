import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// A store that goes back in time: by a failover, or from a backup.
    @Suite struct FailoverTests {
        private let names = ["a", "b", "c"]

        /// Two nodes meet on a replica that did not hear of the last reservations: one that was on the primary, and one that
        /// knows nothing.
        @Test func aMariaDBReplicaIsPromotedBehindItsPrimary() async throws {
            let primary = try await MariaDBServer.start("--server-id=1", "--log-bin=binlog")
            let replica = try await MariaDBServer.start("--server-id=2", "--log-bin=binlog")
            try await replica.follow(primary)
            let database = try await primary.makeDatabase()
            let old = try await Node.start(
                on: primary.url(database), ["segment.min=50", "segment.max=500", "runway=1s"])
            let notebook = Notebook()
            var crowd = Crowd(6, on: [old], of: names, noting: notebook)
            try await eventually("the replica knows the sequences") {
                do {
                    return try await replica.sql("SELECT COUNT(*) FROM ordinal_sequences", in: database) == [["3"]]
                } catch { return false }
            }
            try await replica.sql("STOP SLAVE SQL_THREAD")
            let count = notebook.count
            try await eventually("numbers that the replica never hears of") { notebook.count > count + 5_000 }
            primary.kill()
            try await replica.sql("STOP SLAVE; RESET SLAVE ALL")
            let behind = try await replica.sql("SELECT MIN(ceiling) FROM ordinal_sequences", in: database)
            #expect(try #require(Int64(behind[0][0])) < notebook.highest(of: "a"), "it is behind")
            // Nobody waits for what will not come.
            try await old.kill()
            try await crowd.stop()

            let new = try await Node.start(
                on: replica.url(database), ["segment.min=50", "segment.max=500", "runway=1s"])
            crowd = Crowd(3, on: [new], of: names, noting: notebook)
            let numbers = notebook.count
            try await eventually("numbers of the new node") { notebook.count > numbers + 1_000 }
            try await old.start(on: replica.url(database))
            let other = Crowd(3, on: [old], of: names, noting: notebook)
            try await Task.sleep(for: .seconds(1))
            try await crowd.stop()
            try await other.stop()
            notebook.expectSound("a MariaDB replica promoted behind its primary")
            for name in names {
                #expect(new.said(" error ", "the store went back", "sequence=\(name)"))
                #expect(notebook.highest(of: name) > 1_000_000)
            }
            #expect(try await new.count("store_went_back") >= 3)
            #expect(try await new.count("gap_mending") >= 3_000_000)
        }

        /// What a replica lacks of a busy sequence is more than the million that is left out at least.
        @Test func aReplicaIsMillionsBehind() async throws {
            let primary = try await MariaDBServer.start("--server-id=1", "--log-bin=binlog")
            let replica = try await MariaDBServer.start("--server-id=2", "--log-bin=binlog")
            try await replica.follow(primary)
            let database = try await primary.makeDatabase()
            let old = try await Node.start(on: primary.url(database), ["segment.max=200000"])
            let notebook = Notebook()
            _ = try await onThread { try notebook.take(600_000, of: "a", on: try old.client()) }
            let ceiling = "SELECT ceiling FROM ordinal_sequences"
            let reserved = try await primary.sql(ceiling, in: database)
            try await eventually("the replica is in step") {
                try await replica.sql(ceiling, in: database) == reserved
            }
            try await replica.sql("STOP SLAVE SQL_THREAD")
            let sizes = try await replica.sql("SELECT recent_size FROM ordinal_sequences", in: database)
            let size = try #require(Int64(sizes[0][0]))
            // More than is in hand and more than a million, so that reservations are lost.
            let beyond = try #require(Int64(reserved[0][0])) + 1_500_000
            _ = try await onThread {
                while notebook.highest(of: "a") < beyond { try notebook.take(500_000, of: "a", on: try old.client()) }
            }
            primary.kill()
            try await old.kill()
            try await replica.sql("STOP SLAVE; RESET SLAVE ALL")
            let new = try await Node.start(on: replica.url(database))
            try notebook.take(1_000, of: "a", on: new.client())
            print("segments of \(size), \(beyond) numbers, then from \(notebook.highest(of: "a")) on")
            notebook.expectSound("a busy sequence")
            #expect(try await new.count("gap_mending") >= 100 * size)
        }

        /// A node is not to work on a server that takes its data from another one.
        @Test func aReplicaIsRefused() async throws {
            let primary = try await MariaDBServer.start("--server-id=1", "--log-bin=binlog")
            let replica = try await MariaDBServer.start("--server-id=2", "--log-bin=binlog")
            try await replica.follow(primary)
            let database = try await primary.makeDatabase()
            let result = try await ordinal(
                "serve", "--redis", "127.0.0.1:0", "--store", replica.url(database), in: try TemporaryDirectory())
            #expect(result.status != 0)
            #expect(result.errors.contains("is a replica of another one: name the primary"))
        }

        /// What the node does while the database is put back.
        enum Meanwhile: String, CustomTestStringConvertible {
            case running, stopped, killed
            var testDescription: String { rawValue }
        }

        @Test(arguments: [Meanwhile.running, .stopped, .killed], [StoreKind.mariaDB, .redisOverMariaDB])
        func aDatabaseIsRestoredFromABackup(meanwhile: Meanwhile, kind: StoreKind) async throws {
            let server = try await MariaDBServer.shared
            let database = try await server.makeDatabase()
            let redis = try await RedisServer.shared.url(prefix: database)
            let node = try await Node.start(
                on: kind == .mariaDB ? server.url(database) : "\(redis) over \(server.url(database))",
                ["segment.max=1000"])
            let notebook = Notebook()
            var socket = try node.client()
            for name in names { try notebook.take(500, of: name, on: socket) }
            let backup = node.directory.file("backup.sql")
            try await server.dump(database, to: backup)
            for name in names + ["late"] { try notebook.take(20_000, of: name, on: socket) }
            switch meanwhile {
            case .running: break
            case .stopped: try await node.stop()
            case .killed: try await node.kill()
            }
            try await server.sql("source \(backup)", in: database)
            if meanwhile != .running { try await node.start() }
            socket = try node.client()
            for name in names + ["late"] { try notebook.take(30_000, of: name, on: socket) }
            notebook.expectSound("restored from a backup, \(meanwhile.rawValue), \(kind.rawValue)", atLeast: 200_000)
            for name in names { #expect(node.said(" error ", "the store went back", "sequence=\(name)")) }
            #expect(try await node.count("store_went_back") >= 3)
            // The backup knew nothing of it, and the node remembers which life it was.
            #expect(node.said(" error ", "the store had lost a sequence", "sequence=late"))
            #expect(try await node.count("sequences_mended") == 1)
            #expect(try await node.count("gap_mending") >= 4_000_000)
        }
    }
}
