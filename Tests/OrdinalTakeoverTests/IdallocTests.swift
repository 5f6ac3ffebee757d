import DatabaseServers
import Ordinal
import OrdinalMySQL
import OrdinalTakeover
import RESPClient
import TestServers
import TestSupport
import Testing

@Suite struct IdallocTests {
    private func example() async throws -> (OldDatabase, RedisServer, TestStore) {
        let old = try await OldDatabase()
        try await old.makeIdalloc()
        return (old, try await RedisServer.start(), try TestStore())
    }

    private func takeover(
        _ old: OldDatabase, _ redis: RedisServer?, prefix: String = "idalloc:", margin: Int64? = nil,
        oldIsStopped: Bool = true
    ) throws -> Takeover {
        try Takeover(
            of: .idalloc, from: [try old.location], redis: redis?.location, prefix: prefix, margin: margin,
            oldIsStopped: oldIsStopped)
    }

    @Test func theHigherOfTheTwoCounts() async throws {
        let (old, redis, store) = try await example()
        try await old.addIdalloc("redis", 100_000)
        try await redis.idalloc("redis", "190000", version: 19)
        try await old.addIdalloc("mysql", 500_000)
        try await redis.idalloc("mysql", "20000", version: 2)
        try await old.addIdalloc("lost", 300_000)
        try await redis.idalloc("new", "20000", version: 2)
        // What idalloc has there beside its counters, and what others have.
        try await redis.send("SET", "idalloc:lock_insert_or_update_db_new", "1")
        try await redis.send("SET", "other:alloc_info_x", "1")

        let before = try await old.content
        let dry = try await takeover(old, redis, oldIsStopped: false).run(into: store.sqlite, dryRun: true)
        #expect(dry.actions == ["redis": .create, "mysql": .create, "lost": .create, "new": .create])
        #expect(try await old.content == before)
        #expect(try await store.records.isEmpty)

        let result = try await takeover(old, redis).run(into: store.sqlite)
        #expect(result.rows.allSatisfy { $0.action == .created && $0.margin == 200_000 })
        #expect(try result.row("redis").place == "Redis")
        #expect(try result.row("mysql").place == "MySQL")
        #expect(
            try await store.ceilings == ["redis": 390_000, "mysql": 700_000, "lost": 500_000, "new": 220_000])
        #expect(result.notes.contains { $0.contains("WriteDBEveryNVersion") })
        #expect(try await old.errorCode(of: "SELECT service_name FROM tbl_alloc_info") == 1_146)
        let again = try await takeover(old, redis).run(into: store.sqlite)
        #expect(again.rows.allSatisfy { $0.action == .alreadyTakenOver })

        // It was not stopped, and went on in Redis.
        try await redis.send("HINCRBY", "idalloc:alloc_info_redis", "lastAllocValue", "210000")
        let late = try await takeover(old, redis).run(into: store.sqlite)
        #expect(late.failures.map(\.name) == ["redis"])
        #expect(try await store.ceilings["redis"] == 390_000)
    }

    @Test func itMustBeStopped() async throws {
        let (old, redis, store) = try await example()
        try await old.addIdalloc("a", 1)
        let before = try await old.content
        let takeover = try takeover(old, redis, oldIsStopped: false)
        let error = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(error?.description.contains("--old-is-stopped") == true)
        #expect(try await old.content == before)
    }

    @Test func redisIsEmptyOrAway() async throws {
        let (old, redis, store) = try await example()
        try await old.addIdalloc("a", 100_000)
        let away = try Takeover(
            of: .idalloc, from: [try old.location],
            redis: .init(.server(.host("127.0.0.1", port: try freePort()))), oldIsStopped: true)
        await #expect(throws: TakeoverError.self) { _ = try await away.run(into: store.sqlite) }
        #expect(try await old.tables == ["tbl_alloc_info"])
        let result = try await takeover(old, redis, margin: 5).run(into: store.sqlite)
        #expect(result.actions == ["a": .created])
        #expect(try await store.ceilings == ["a": 100_005])
        #expect(!result.notes.contains { $0.contains("--from redis://") })
        let without = try await takeover(old, nil).run(into: store.sqlite)
        #expect(without.notes.contains { $0.contains("--from redis://") })
    }

    @Test func namesThatMySQLThinksEqual() async throws {
        let (old, redis, store) = try await example()
        // One row for both, written by whoever was last; in Redis each has its own.
        try await old.addIdalloc("cafe", 900_000)
        try await redis.idalloc("cafe", "100000")
        try await redis.idalloc("café", "300000")
        let result = try await takeover(old, redis).run(into: store.sqlite)
        #expect(result.actions == ["cafe": .created, "café": .created])
        #expect(try await store.ceilings == ["cafe": 1_100_000, "café": 1_100_000])
        #expect(try result.row("café").notes == ["MySQL keeps it in the row of cafe"])
    }

    @Test func highValuesAndValuesThatAreNone() async throws {
        let (old, redis, store) = try await example()
        try await redis.idalloc("exact", "9007199254740992")
        try await redis.idalloc("rounded", "9007199254740994")
        try await redis.idalloc("exponent", "1.152921504606847e+18")
        try await redis.idalloc("above", "4611686018427387904")
        try await redis.idalloc("text", "many")
        try await redis.idalloc("negative", "-4")
        try await redis.send("SET", "idalloc:alloc_info_string", "7")
        try await redis.send("HSET", "idalloc:alloc_info_fieldless", "dataVersion", "7")
        try await old.addIdalloc("fieldless", 10)
        try await redis.send("HSET", "idalloc:alloc_info_nothing", "dataVersion", "7")
        try await old.addIdalloc("rounded-in-mysql", 1 << 60)
        let result = try await takeover(old, redis, margin: 10).run(into: store.sqlite)
        #expect(try await store.record("exact").ceiling == 1 << 53 + 10)
        #expect(try await store.record("rounded").ceiling == 1 << 53 + 2 + 10 + 2_048)
        #expect(try await store.record("exponent").ceiling == 1 << 60 + 10 + 2_048)
        #expect(try await store.record("rounded-in-mysql").ceiling == 1 << 60 + 10 + 2_048)
        #expect(try await store.record("fieldless").ceiling == 20)
        #expect(try result.row("rounded").notes.contains { $0.contains("2^53") })
        #expect(try result.row("nothing").action.isSkipped)
        #expect(Set(result.failures.map(\.name)) == ["above", "text", "negative", "string"])
        #expect(result.failures.allSatisfy { $0.action.isRefused })
    }

    @Test func prefixesAreNotPatterns() async throws {
        let (old, redis, store) = try await example()
        try await redis.idalloc("a", "10", prefix: "x*[y]?:")
        try await redis.idalloc("b", "10", prefix: "xz[y]?:")
        try await redis.idalloc("c", "10", prefix: "xzyz:")
        try await redis.idalloc("d*e[f]", "10", prefix: "x*[y]?:")
        let result = try await takeover(old, redis, prefix: "x*[y]?:").run(into: store.sqlite)
        #expect(result.actions == ["a": .created, "d*e[f]": .created])
    }

    @Test func moreKeysThanOneScanAnswers() async throws {
        let (old, redis, store) = try await example()
        try await redis.send(
            "EVAL",
            "for i = 1, 3000 do redis.call('HSET', 'idalloc:alloc_info_s' .. i, 'lastAllocValue', i, 'dataVersion', 1) end",
            "0")
        let result = try await takeover(old, redis, margin: 0).run(into: store.sqlite)
        #expect(result.rows.count == 3_000)
        #expect(result.failures.isEmpty)
        let ceilings = try await store.ceilings
        for number in 1...3_000 { #expect(ceilings["s\(number)"] == Int64(number)) }
    }

    @Test func wrongSettings() throws {
        #expect(throws: TakeoverError.self) { try Takeover(of: .idgo, from: []) }
        let location = try MySQLLocation("mysql://a@localhost/b")
        let redis = RESPServerLocation(.server(.host("localhost", port: 6379)))
        #expect(throws: TakeoverError.self) { try Takeover(of: .leaf, from: [location, location]) }
        #expect(throws: TakeoverError.self) { try Takeover(of: .leaf, from: [location], redis: redis) }
        #expect(throws: TakeoverError.self) { try Takeover(of: .leaf, from: [location], margin: -1) }
        #expect(throws: TakeoverError.self) { try Takeover(of: .leaf, from: [location], margin: .max) }
    }
}
