import Ordinal
import OrdinalRedis
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct SentinelTests {
    @Test func aFailoverIsFollowed() async throws {
        let (master, replica) = (try await RedisServer.start(), try await RedisServer.start())
        try await replica.follow(master)
        let sentinel = try await RedisServer.startSentinel(watching: master)
        try await eventually {
            try await sentinel.send("INFO", "sentinel").asText?.contains("slaves=1") == true
        }
        // The first of the sentinels is not there.
        let nowhere = try freePort()
        let location = try RESPServerLocation(
            "redis+sentinel://127.0.0.1:\(nowhere),127.0.0.1:\(sentinel.port)/main")
        let stores = try (0..<2).map { _ in try RedisStore(location) }
        let load = Load(try await stores[0].create())
        let before = try await stores[0].status().home
        try await eventually { try await replica.send("EXISTS", "{ordinal}:sequence:a") == .integer(1) }
        try await load.run(on: stores) {
            try await eventually {
                let reply = try await sentinel.send("SENTINEL", "FAILOVER", "main")
                return reply == .simple("OK")
            }
            try await eventually {
                await isMaster(replica) == true
            }
            // Until it is told, the old master goes on; whatever it then hands out, the new one does not know of.
            try await eventually { await isMaster(master) == false }
        }
        load.expectUnique()
        #expect(try await stores[0].status().home != before)
        let ceiling = try await stores[0].live().ceiling
        #expect(ceiling > 1_000_000, "the new master knew nothing for sure")
        for store in stores { await store.close() }
    }

    /// What a server says it is, or nil if it does not answer: a sentinel closes connections when it changes a role.
    private func isMaster(_ server: RedisServer) async -> Bool? {
        do {
            guard case .array(let parts) = try await server.send("ROLE") else { return nil }
            return parts.first?.asText == "master"
        } catch {
            return nil
        }
    }

    @Test func aMasterNobodyKnowsIsSaid() async throws {
        let master = try await RedisServer.start()
        let sentinel = try await RedisServer.startSentinel(watching: master)
        let store = try RedisStore(try RESPServerLocation("redis+sentinel://127.0.0.1:\(sentinel.port)/wrong"))
        let error = await #expect(throws: StoreError.self) { try await store.create() }
        #expect("\(String(describing: error))".contains("it knows no master of that name"))
        let direct = try RedisStore(try RESPServerLocation("redis://127.0.0.1:\(sentinel.port)"))
        let other = await #expect(throws: StoreError.self) { try await direct.create() }
        #expect("\(String(describing: other))".contains("is a Sentinel: write redis+sentinel://"))
        await store.close()
        await direct.close()
    }
}
