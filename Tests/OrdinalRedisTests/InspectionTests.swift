import Ordinal
@testable import OrdinalRedis
import RESP
import RESPClient
import TestServers
import Testing

/// What is seen of a server without changing anything there.
@Suite(.timeLimit(.minutes(2))) struct InspectionTests {
    private let stakes = Stakes([], SequencerPolicy(), hasJournal: true)
    private static let info = """
        role:master\r\nconnected_slaves:0\r\naof_enabled:1\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n
        """

    private func severity(
        _ subject: String, _ info: String = "", _ configuration: [String: String] = [:], isStore: Bool = true
    ) -> Finding.Severity? {
        let settings = ServerSettings(
            info: Self.info + info,
            configuration: ["appendfsync": "always", "min-replicas-to-write": "0"].merging(configuration) { $1 })
        let facts = RedisFacts(
            settings: settings, isStore: isStore, id: StoreID(rawValue: 1), records: [], roundTrips: [])
        return facts.findings(at: stakes).first { $0.subject == "Redis: \(subject)" }?.severity
    }

    @Test func whatACrashLoses() {
        #expect(severity("crash") == .ok)
        #expect(severity("crash", "", ["appendfsync": "everysec"]) == .warning)
        #expect(severity("crash", "", ["appendfsync": "no"]) == .danger)
        #expect(severity("crash", "aof_enabled:0\r\n", ["save": "3600 1"]) == .danger)
        #expect(severity("crash", "", ["appendfsync": "?"]) == .warning, "not inspected")
        #expect(severity("crash", "aof_enabled:0\r\n", isStore: false) == nil, "blocks may be lost")
        #expect(severity("disk", "aof_last_write_status:err\r\n") == .warning)
        #expect(severity("disk", "rdb_last_bgsave_status:err\r\n") == nil, "a restart reads what was appended")
        #expect(severity("disk", "aof_enabled:0\r\nrdb_last_bgsave_status:err\r\n") == .warning)
    }

    @Test func roles() {
        #expect(severity("role") == nil)
        #expect(severity("role", "role:slave\r\n") == .danger)
        #expect(severity("cluster", "cluster_enabled:1\r\n") == .warning)
        #expect(severity("replicas") == .note)
        #expect(severity("replicas", "connected_slaves:2\r\n") == .warning)
        #expect(severity("replicas", "connected_slaves:2\r\n", ["min-replicas-to-write": "1"]) == .note)
    }

    @Test func memory() {
        #expect(severity("memory") == .ok)
        #expect(severity("memory", "maxmemory_policy:allkeys-lru\r\n") == .warning)
        let evicts = "maxmemory_policy:allkeys-lru\r\nmaxmemory:100\r\n"
        #expect(severity("memory", evicts) == .danger)
        #expect(severity("memory", evicts, isStore: false) == .warning)
        #expect(severity("memory", "maxmemory_policy:volatile-lru\r\nmaxmemory:100\r\n") == .ok)
    }

    @Test func aServerIsReadAndNothingIsWritten() async throws {
        let server = try await RedisServer.start()
        let empty = try await RedisFacts.read(server.location(), isStore: true)
        #expect(empty.id == nil && empty.roundTrips.count == StoreFactsLimit.roundTrips)
        #expect(empty.findings(at: stakes).contains { $0.seen.hasPrefix("never prepared") })
        #expect(empty.findings(at: stakes).contains { $0.subject == "Redis: crash" && $0.severity == .danger })
        #expect(try await server.send("DBSIZE") == .integer(0))

        let store = try RedisStore(server.location())
        let id = try await store.status().id
        // More than are read at once.
        for index in 0..<1_005 { try await store.create(.sample("s\(index)")) }
        let record = try await store.create()
        try await store.reserve(5_000, of: record)
        try await server.send("CONFIG", "SET", "appendonly", "yes")
        try await server.send("CONFIG", "SET", "appendfsync", "always")
        let size = try await server.send("DBSIZE")
        let facts = try await RedisFacts.read(server.location(), isStore: true)
        #expect(facts.id == id)
        #expect(facts.records.count == 1_006 && Set(facts.records.map(\.name)).count == 1_006)
        #expect(facts.records.map(\.recentSize).max() == 5_000)
        #expect(facts.findings(at: stakes).contains { $0.subject == "Redis: crash" && $0.severity == .ok })
        #expect(try await server.send("DBSIZE") == size)

        let replica = try await RedisServer.start()
        try await replica.follow(server)
        let copy = try await RedisFacts.read(replica.location(), isStore: true)
        #expect(copy.id == facts.id)
        #expect(copy.findings(at: stakes).contains { $0.subject == "Redis: role" && $0.severity == .danger })
        await store.close()
    }
}
