import Glibc
import Ordinal
import OrdinalRedis
import OrdinalSQLite
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

/// Redis loses what it held or goes back in time, under blocks that nodes draw from.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GoingBackTests {
    @Test func allIsFlushedUnderLoad() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let load = Load(try await below.create())
        let stores = [try layered(server, below), try layered(server, below)]
        try await load.run(on: stores) {
            for _ in 0..<20 {
                try await server.send("FLUSHALL")
                let count = load.count
                try await eventually { load.count > count + 50 }
            }
        }
        load.expectUnique()
        #expect(load.failures == 0)
        for store in stores { await store.close() }
    }

    @Test func killedAndStartedFromAnOldDumpUnderLoad() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let load = Load(try await below.create())
        let stores = [try layered(server, below), try layered(server, below)]
        try await load.run(on: stores) {
            for _ in 0..<3 {
                try await server.send("SAVE")
                let count = load.count
                try await eventually { load.count > count + 100 }
                server.kill()
                try await server.start()
                try await eventually { try await blocks(server) > 0 }
            }
        }
        load.expectUnique()
        for store in stores { await store.close() }
    }

    @Test func theBlockOfAnOldDumpIsNotDrawnFromAgain() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let record = try await below.create()
        let store = try layered(server, below)
        #expect(try await store.reserve(10, of: record).segment.numbers == Array(1...10))
        try await server.send("SAVE")
        #expect(try await store.reserve(10, of: record).segment.numbers == Array(11...20))
        server.kill()
        try await server.start()
        #expect(try await blocks(server) == 1)
        // A node without a floor, which is what makes it hard.
        let other = try layered(server, below)
        #expect(try await other.reserve(10, of: record).segment.numbers == Array(101...110))
        await store.close()
        await other.close()
    }

    @Test func aReplicaIsPromotedBehindItsMaster() async throws {
        let (master, replica) = (try await RedisServer.start(), try await RedisServer.start())
        let file = try SQLiteFile()
        let below = try file.open()
        let load = Load(try await below.create())
        try await replica.follow(master)
        try await load.run(on: [try layered(master, below)]) {}
        try await eventually { try await blocks(replica) == 1 }
        replica.freeze()
        // What is drawn now never reaches the replica.
        try await load.run(on: [try layered(master, below)]) {}
        master.kill()
        replica.thaw()
        try await replica.send("REPLICAOF", "NO", "ONE")
        #expect(try await blocks(replica) == 1)
        try await load.run(on: [try layered(replica, below), try layered(replica, below)]) {}
        load.expectUnique()
        await below.close()
    }

    /// It keeps its `run_id`, and its data goes back.
    @Test func aMasterIsDemotedAndFailsBack() async throws {
        let (server, other) = (try await RedisServer.start(), try await RedisServer.start())
        let file = try SQLiteFile()
        let below = try file.open()
        let record = try await below.create()
        let store = try layered(server, below)
        // The first replica of a server changes its identity: it comes and goes before.
        try await other.follow(server)
        #expect(try await store.reserve(10, of: record).segment.numbers == Array(1...10))
        try await eventually { try await blocks(other) == 1 }
        try await other.send("REPLICAOF", "NO", "ONE")
        #expect(try await store.reserve(10, of: record).segment.numbers == Array(11...20))
        let runID = try await field("run_id", of: server)
        // Its data is now that of the other one, where the block begins at 11.
        try await server.follow(other)
        #expect(try await store.reserve(10, of: record).segment.numbers == Array(101...110), "a replica is not used")
        try await server.send("REPLICAOF", "NO", "ONE")
        #expect(try await field("run_id", of: server) == runID)
        #expect(try await blocks(server) == 1)
        let fresh = try layered(server, below)
        #expect(try await fresh.reserve(10, of: record).segment.numbers == Array(111...120))
        #expect(try await fresh.reserve(10, of: record).segment.numbers == Array(121...130))
        await fresh.close()
        await store.close()
    }

    /// What was read there before is as it was; but the server is not.
    @Test func aDrawThatArrivesAfterItsServerWentBackDrawsNothing() async throws {
        let (server, other) = (try await RedisServer.start(), try await RedisServer.start())
        let proxy = try await Proxy.start(to: server.port)
        let file = try SQLiteFile()
        let below = try file.open()
        let record = try await below.create()
        let slow = try LayeredStore(blocksIn: server.location(through: proxy.port, timeout: .seconds(40)), over: below)
        try await other.follow(server)
        #expect(try await slow.reserve(10, of: record).segment.numbers == Array(1...10))
        try await eventually { try await blocks(other) == 1 }
        try await other.send("REPLICAOF", "NO", "ONE")
        proxy.set(.keep("\r\nset\r\n"))
        async let late = slow.reserve(10, of: record)
        try await eventually { proxy.count == 1 }
        let fast = try layered(server, below)
        #expect(try await fast.reserve(10, of: record).segment.numbers == Array(11...20))
        try await server.follow(other)
        try await server.send("REPLICAOF", "NO", "ONE")
        proxy.set(.pass)
        try await proxy.deliver()
        #expect(try await late.segment.numbers == Array(101...110))
        await fast.close()
        await slow.close()
        try await proxy.close()
    }

    /// The block of the store below is older than the block in Redis after a restore; the jump is beyond both.
    @Test func theStoreBelowIsRestored() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        var below = try file.open()
        let record = try await below.create()
        try await below.backup(to: file.directory.file("backup.db"))
        let load = Load(record)
        try await load.run(on: [try layered(server, below), try layered(server, below)]) {}
        await below.close()
        #expect(rename(file.directory.file("backup.db"), file.path) == 0)
        below = try file.open()
        try await load.run(on: [try layered(server, below), try layered(server, below)]) {}
        load.expectUnique()
        await below.close()
    }

    private func layered(_ server: RedisServer, _ below: any SequenceStore) throws -> LayeredStore {
        try LayeredStore(blocksIn: server.location(), over: below)
    }

    private func blocks(_ server: RedisServer) async throws -> Int64 {
        try await server.send("EXISTS", "{ordinal}:block:a").asInteger ?? 0
    }

    private func field(_ name: String, of server: RedisServer) async throws -> Substring? {
        let lines = try await server.send("INFO").asText?.split(whereSeparator: \.isNewline) ?? []
        return lines.first { $0.hasPrefix("\(name):") }
    }
}
