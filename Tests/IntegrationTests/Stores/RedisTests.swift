import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// Redis, alone or dealing out blocks of a store below: it loses them, goes back in time, hangs, or is another one.
    @Suite struct RedisTests {
        private static let kinds: [StoreKind] = [.redis, .redisOverMariaDB]

        /// Many small draws and few blocks, so that there is much to lose in Redis.
        private static let settings = ["segment.min=50", "segment.max=500", "runway=1s", "block.factor=100"]

        /// A store in this Redis, or one below it.
        private func store(_ redis: String, _ kind: StoreKind = .redisOverMariaDB) async throws -> String {
            kind == .redis ? redis : "\(redis) over \(try await StoreKind.mariaDB.make())"
        }

        /// Two nodes that share a store.
        private func nodes(on store: String) async throws -> [Node] {
            try await Node.start(2, on: store, Self.settings)
        }

        /// A node that has just come, with numbers of all sequences.
        ///
        /// It has no floor, which is what makes it hard: nothing but the identity of the server tells that what is
        /// there is old.
        private func newcomer(on store: String, noting notebook: Notebook) async throws -> Node {
            let node = try await Node.start(on: store, Self.settings)
            for name in ["a", "b", "c"] { try notebook.take(300, of: name, on: node.client()) }
            return node
        }

        /// What Redis holds of the sequences.
        private func held(by redis: RedisServer, _ kind: StoreKind = .redisOverMariaDB) async throws -> [RESPValue] {
            var values: [RESPValue] = []
            for name in ["a", "b", "c"] {
                values.append(try await redis.send("GET", "{ordinal}:\(kind == .redis ? "sequence" : "block"):\(name)"))
            }
            return values
        }

        /// Waits until it holds something of each.
        private func waitForAll(in redis: RedisServer, _ kind: StoreKind = .redisOverMariaDB) async throws {
            try await eventually("Redis has all three sequences") { !(try await held(by: redis, kind)).contains(.null) }
        }

        @Test func allIsFlushedUnderLoad() async throws {
            let redis = try await RedisServer.start()
            let notebook = Notebook()
            let crowd = Crowd(8, on: try await nodes(on: try await store(redis.url())), noting: notebook)
            for _ in 0..<15 {
                let count = notebook.count
                try await eventually("numbers") { notebook.count > count + 500 }
                try await redis.send("FLUSHALL")
            }
            try await crowd.stop()
            notebook.expectSound("FLUSHALL under load")
            #expect(notebook.refused == 0, "\(notebook.refusals)")
        }

        /// With Redis alone nothing is left but what the nodes know, each of itself and of the other.
        @Test func allOfRedisAloneIsFlushedUnderLoad() async throws {
            let redis = try await RedisServer.start()
            let notebook = Notebook()
            let nodes = try await nodes(on: try await store(redis.url(), .redis))
            let crowd = Crowd(8, on: nodes, noting: notebook)
            for _ in 0..<3 {
                let count = notebook.count
                try await eventually("numbers") { notebook.count > count + 500 }
                let marks = ["a", "b", "c"].map { ($0, notebook.highest(of: $0)) }
                try await redis.send("FLUSHALL")
                // Two losses at once are more than is promised: every node has to notice this one before the next.
                for node in nodes {
                    for (name, mark) in marks {
                        try await eventually("\(name) goes on beyond the offset") {
                            let reply = try await node.send("INCR", name)
                            notebook.note(reply, of: name)
                            return reply.asInteger ?? 0 > mark + 500_000
                        }
                    }
                }
            }
            try await crowd.stop()
            notebook.expectSound("FLUSHALL of Redis alone under load")
        }

        @Test(arguments: kinds) func killedAndStartedFromAnOldDump(kind: StoreKind) async throws {
            let redis = try await RedisServer.start()
            let store = try await store(redis.url(), kind)
            let notebook = Notebook()
            var nodes = try await nodes(on: store)
            var atRestart: [String: Int64] = [:]
            for round in 0..<4 {
                let crowd = Crowd(8, on: nodes, noting: notebook)
                // With Redis alone each restart leaves numbers out. That must be known before it goes back once more.
                try await eventually("each sequence went on") {
                    kind != .redis || atRestart.allSatisfy { notebook.highest(of: $0) > $1 + 1_000_000 }
                }
                try await waitForAll(in: redis, kind)
                try await redis.send("SAVE")
                try redis.copyDump(to: "old.rdb")
                var count = notebook.count
                try await eventually("numbers") { notebook.count > count + 2_000 }
                // In every other round the load goes on all the time.
                if round % 2 == 1 { try await crowd.stop() }
                redis.kill()
                for name in ["a", "b", "c"] { atRestart[name] = notebook.highest(of: name) }
                try redis.copyDump(from: "old.rdb", to: "dump.rdb")
                try await redis.start()
                if round % 2 == 1 {
                    nodes.append(try await newcomer(on: store, noting: notebook))
                } else {
                    count = notebook.count
                    try await eventually("numbers") { notebook.count > count + 1_000 }
                    try await crowd.stop()
                }
            }
            notebook.expectSound("\(kind.rawValue) from an old dump")
            #expect(notebook.refused == 0, "\(notebook.refusals)")
        }

        /// With Redis away numbers come straight from below; its old block does not come back under them.
        @Test func redisHangs() async throws {
            let redis = try await RedisServer.start()
            let notebook = Notebook()
            let nodes = try await nodes(on: try await store(redis.url(timeout: "300ms")))
            let crowd = Crowd(8, on: nodes, noting: notebook)
            for _ in 0..<3 {
                let before = notebook.count
                try await eventually("numbers") { notebook.count > before + 500 }
                redis.freeze()
                let count = notebook.count
                try await eventually("numbers from below") { notebook.count > count + 2_000 }
                redis.thaw()
            }
            let count = notebook.count
            try await eventually("numbers") { notebook.count > count + 2_000 }
            try await crowd.stop()
            // Each connection got rising numbers all the time: that is the old block that did not come back.
            notebook.expectSound("Redis hangs")
            #expect(notebook.refused == 0, "\(notebook.refusals)")
        }

        /// Redis goes on with its blocks while the store below is away, far beyond what the node has in hand.
        @Test func theStoreBelowIsAway() async throws {
            let (mariaDB, redis) = (try await MariaDBServer.start(), try await RedisServer.start())
            let below = mariaDB.url(try await mariaDB.makeDatabase(), timeout: "500ms")
            let node = try await Node.start(
                on: "\(redis.url()) over \(below)", ["segment.size=100", "block.factor=1000", "wait=1s"])
            let (notebook, socket) = (Notebook(), try node.client())
            try notebook.take(200, of: "a", on: socket)
            mariaDB.freeze()
            try notebook.take(20_000, of: "a", on: socket)
            #expect(try await node.error("INCR", "unknown").hasPrefix("TRYAGAIN"))
            try notebook.take(20_000, of: "a", on: socket)
            // Killed and started again: the block is still there, but who the sequence is, only the store below knows.
            try await node.kill()
            try await node.start()
            #expect(try await node.error("INCR", "a").hasPrefix("TRYAGAIN"))
            mariaDB.thaw()
            try await eventually("numbers again", within: .seconds(2)) {
                let reply = try await node.send("INCR", "a")
                notebook.note(reply, of: "a", after: 40_200)
                return reply.asInteger != nil
            }
            let again = try node.client()
            try notebook.take(120_000, of: "a", on: again)
            notebook.expectSound("the store below away", atLeast: 160_000)
        }

        /// A replica that has not heard of the last draws becomes the master, and Sentinel says so.
        @Test(arguments: kinds) func aReplicaIsPromotedBehindItsMaster(kind: StoreKind) async throws {
            let (master, replica) = (try await RedisServer.start(), try await RedisServer.start())
            try await replica.follow(master)
            let sentinel = try await RedisServer.startSentinel(watching: master)
            try await eventually("Sentinel knows the replica") {
                try await sentinel.info("sentinel").contains("slaves=1")
            }
            let notebook = Notebook()
            let store = try await store("redis+sentinel://127.0.0.1:\(sentinel.port)/main?timeout=500ms", kind)
            var nodes = try await nodes(on: store)
            var crowd = Crowd(8, on: nodes, noting: notebook)
            try await waitForAll(in: replica, kind)
            // It hears nothing any more. (A frozen one would still find in its socket what it missed.)
            try await replica.send("REPLICAOF", "127.0.0.1", "1")
            var count = notebook.count
            try await eventually("draws that it never hears of") { notebook.count > count + 2_000 }
            try await crowd.stop()
            #expect(try await held(by: replica, kind) != held(by: master, kind), "it is behind")
            master.kill()
            try await eventually("the replica is the master", within: .seconds(40)) {
                do {
                    let address = try await sentinel.send("SENTINEL", "get-master-addr-by-name", "main")
                    let role = try await replica.info("replication")
                    return role.contains("role:master")
                        && address == .array([.text("127.0.0.1"), .text("\(replica.port)")])
                } catch {
                    // Sentinel ends all connections of the one that it promotes, ours too.
                    return false
                }
            }
            let scripts = try await replica.scripts()
            nodes.append(try await newcomer(on: store, noting: notebook))
            crowd = Crowd(8, on: nodes, noting: notebook)
            try await eventually("draws from the new master") { try await replica.scripts() > scripts + 20 }
            count = notebook.count
            try await eventually("numbers") { notebook.count > count + 1_000 }
            try await crowd.stop()
            notebook.expectSound("a replica promoted behind its master, \(kind.rawValue)")
            #expect(notebook.refused == 0, "\(notebook.refusals)")
        }

        /// A master that is demoted and fails back keeps its `run_id`, while its data went back.
        @Test func aMasterIsDemotedAndFailsBack() async throws {
            let (server, other) = (try await RedisServer.start(), try await RedisServer.start())
            let notebook = Notebook()
            let store = try await store(server.url(timeout: "500ms"))
            var nodes = try await nodes(on: store)
            // The first replica of a server changes its identity: it comes and goes before.
            try await other.follow(server)
            var crowd = Crowd(8, on: nodes, noting: notebook)
            try await waitForAll(in: other)
            try await other.send("REPLICAOF", "NO", "ONE")
            var count = notebook.count
            try await eventually("draws that it never hears of") { notebook.count > count + 2_000 }
            try await server.follow(other)
            count = notebook.count
            try await eventually("numbers from below") { notebook.count > count + 1_000 }
            try await crowd.stop()
            #expect(try await held(by: server) == held(by: other), "its data went back")
            try await server.send("REPLICAOF", "NO", "ONE")
            nodes.append(try await newcomer(on: store, noting: notebook))
            crowd = Crowd(8, on: nodes, noting: notebook)
            count = notebook.count
            try await eventually("numbers") { notebook.count > count + 2_000 }
            try await crowd.stop()
            notebook.expectSound("a Redis master demoted and failed back")
            #expect(notebook.refused == 0, "\(notebook.refusals)")
        }
    }
}
