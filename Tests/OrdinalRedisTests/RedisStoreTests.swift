import Ordinal
import OrdinalRedis
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct RedisStoreTests {
    @Test func fourStoresReserveAndReleaseAtOnce() async throws {
        let server = try await RedisServer.start()
        let stores = try (0..<4).map { _ in try RedisStore(server.location()) }
        let load = Load(try await stores[0].create())
        try await load.run(on: stores, releases: true) {
            try await eventually { load.count > 3_000 }
        }
        load.expectUnique()
        #expect(load.failures == 0)
        for store in stores { await store.close() }
    }

    @Test func killedAndStartedFromAnOldDumpUnderLoad() async throws {
        let server = try await RedisServer.start()
        let stores = try (0..<2).map { _ in try RedisStore(server.location()) }
        let load = Load(try await stores[0].create())
        try await load.run(on: stores) {
            for _ in 0..<3 {
                try await server.send("SAVE")
                let count = load.count
                try await eventually { load.count > count + 100 }
                server.kill()
                try await server.start()
                try await load.everyoneGoesOn(nodes: stores.count)
            }
        }
        load.expectUnique()
        for store in stores { await store.close() }
    }

    /// It looked before there was a tombstone, and arrives after: the row is absent both times.
    @Test func aCreationThatArrivesAfterTheDeletionOfItsLifeIsRefused() async throws {
        let server = try await RedisServer.start()
        let proxy = try await Proxy.start(to: server.port)
        let slow = try RedisStore(server.location(through: proxy.port, timeout: .seconds(40)))
        let fast = try RedisStore(server.location())
        _ = try await slow.status()
        try await slow.create(.sample("other"))
        let life = Life.fresh
        proxy.set(.keep("\r\nset\r\n"))
        let late = Task { try await slow.create(.a, life: life, at: 0, options: .standard) }
        try await eventually { proxy.count == 1 }
        _ = try await fast.create(.a, life: life, at: 0, options: .standard)
        _ = try await fast.delete(.a, life: life)
        proxy.set(.pass)
        try await proxy.deliver()
        await #expect(throws: StoreError.ended) { try await late.value }
        #expect(try await fast.find(.a, known: nil) == .absent)
        await slow.close()
        await fast.close()
        try await proxy.close()
    }

    @Test func changesMadeAtOnceHaveNumbersOfTheirOwn() async throws {
        let server = try await RedisServer.start()
        let stores = try (0..<4).map { _ in try RedisStore(server.location()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask {
                    for number in 0..<50 {
                        let record = try await store.create(.sample("\(index) \(number)"))
                        _ = try await store.delete(record.name, life: record.life)
                    }
                }
            }
            try await group.waitForAll()
        }
        guard case .array(let members) = try await server.send("ZRANGE", "{ordinal}:changes", "0", "-1") else {
            throw Failure("no list of changes")
        }
        #expect(members.count == 200)
        #expect(Set(members.map { $0.asText?.prefix(16) }).count == 200)
        #expect(try await stores[0].changes(since: ChangeMark(rawValue: 0)).changes.count == 200)
        for store in stores { await store.close() }
    }

    @Test func aServerThatLostItsScriptsGetsThemAgain() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location())
        let record = try await store.create()
        for round in 0..<3 as Range<Int64> {
            try await server.send("SCRIPT", "FLUSH")
            #expect(try await store.reserve(10, of: record).segment.first == round * 10 + 1)
        }
        let stats = try await server.send("INFO", "commandstats").asText ?? ""
        #expect(stats.contains("cmdstat_evalsha") && stats.contains("cmdstat_eval:"))
        await store.close()
    }

    @Test func aServerThatEvictsKeysIsRefused() async throws {
        let server = try await RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
        let store = try RedisStore(server.location())
        let error = await #expect(throws: StoreError.self) { try await store.create() }
        #expect(error.isUnavailable)
        #expect("\(String(describing: error))".contains("maxmemory-policy noeviction"))
        // What evicts nothing of ours is fine, and so is a store that only keeps blocks there.
        try await server.send("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
        try await eventually { await Result { try await store.create() }.isSuccess }
        await store.close()
        try await server.send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        let file = try SQLiteFile()
        let layered = try LayeredStore(blocksIn: server.location(), over: try file.open())
        let record = try await layered.create(.sample("b"))
        try await layered.reserve(10, of: record)
        #expect(try await server.send("EXISTS", "{ordinal}:block:b") == .integer(1))
        #expect(try await layered.status().durability.contains { $0.contains("allkeys-lru") })
        await layered.close()
    }

    @Test func aServerWithoutMemoryRefusesAndChangesNothing() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location())
        let record = try await store.create()
        try await server.send("CONFIG", "SET", "maxmemory", "1")
        let error = await #expect(throws: StoreError.self) { try await store.reserve(10, of: record) }
        #expect(error.isUnavailable)
        try await server.send("CONFIG", "SET", "maxmemory", "0")
        #expect(try await store.reserve(10, of: record).segment.first == 1)
        await store.close()
    }

    @Test func aReplicaIsRefused() async throws {
        let (master, replica) = (try await RedisServer.start(), try await RedisServer.start())
        try await replica.follow(master)
        // Not even if it would let itself be written to.
        try await replica.send("CONFIG", "SET", "replica-read-only", "no")
        let store = try RedisStore(replica.location())
        let error = await #expect(throws: StoreError.self) { try await store.create() }
        let text = "127.0.0.1:\(replica.port) is a replica: give the address of 127.0.0.1:\(master.port)"
        #expect("\(String(describing: error))".contains(text))
        await store.close()
    }

    @Test(arguments: ["yes", "no"])
    func aMasterThatBecomesAReplicaIsNoLongerUsed(readOnly: String) async throws {
        let (server, other) = (try await RedisServer.start(), try await RedisServer.start())
        try await server.send("CONFIG", "SET", "replica-read-only", readOnly)
        let store = try RedisStore(server.location())
        let record = try await store.create()
        try await server.follow(other)
        for _ in 0..<3 {
            let error = await #expect(throws: StoreError.self) { try await store.reserve(10, of: record) }
            #expect(error.isUnavailable)
            #expect("\(String(describing: error))".contains("replica"))
        }
        #expect(try await other.send("DBSIZE") == .integer(0))
        await store.close()
    }

    @Test func keysOfSomebodyElseAreLeftAlone() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location())
        try await server.send("SET", "{ordinal}:names", "mine")
        let error = await #expect(throws: StoreError.self) { try await store.create() }
        #expect(error.isUnavailable)
        #expect("\(String(describing: error))".contains("another prefix"))
        // Nothing of it was written.
        #expect(try await server.send("DBSIZE") == .integer(1))
        try await server.send("DEL", "{ordinal}:names")
        try await server.send("LPUSH", "{ordinal}:sequence:a", "mine")
        let other = await #expect(throws: StoreError.self) { try await store.create() }
        #expect("\(String(describing: other))".contains("another prefix"))
        #expect(try await server.send("LLEN", "{ordinal}:sequence:a") == .integer(1))
        await store.close()
    }

    @Test func twoPrefixesAreTwoStores() async throws {
        let server = try await RedisServer.start()
        var location = server.location()
        let one = try RedisStore(location)
        location.prefix = "other"
        location.database = 3
        let two = try RedisStore(location)
        let record = try await one.create()
        #expect(try await two.find(.a, known: nil) == .absent)
        #expect(try await one.status().id != two.status().id)
        #expect(try await one.status().sequences == 1)
        #expect(try await two.status().sequences == 0)
        #expect(try await one.live() == record)
        await one.close()
        await two.close()
    }

    @Test func damagedValuesAreSaid() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location())
        let record = try await store.create()
        for (key, value, text) in [
            ("sequence:a", "nonsense", "the row of a in Redis is damaged"),
            ("change-count", "9223372036854775807", "the number of changes in Redis is damaged"),
        ] {
            let before = try await server.send("GET", "{ordinal}:\(key)").asText
            try await server.send("SET", "{ordinal}:\(key)", value)
            let error = await #expect(throws: StoreError.self) {
                try await store.advance(record.name, life: record.life, by: .to(5))
            }
            #expect("\(String(describing: error))".contains(text))
            if let before { try await server.send("SET", "{ordinal}:\(key)", before) }
        }
        await store.close()
    }

    /// Only the last move of a sequence is kept.
    @Test func theListOfChangesDoesNotGrowWithEveryChange() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location())
        let record = try await store.create()
        let mark = try await store.changes(since: nil).mark
        for number in 1...50 as ClosedRange<Int64> {
            _ = try await store.advance(record.name, life: record.life, by: .to(number))
        }
        #expect(try await server.send("ZCARD", "{ordinal}:changes") == .integer(1))
        let moved = Changes.Change.moved(try await store.live())
        #expect(try await store.changes(since: mark).changes == [moved])
        _ = try await store.delete(record.name, life: record.life)
        #expect(try await store.changes(since: mark).changes == [.ended(record.name, record.life)])
        await store.close()
    }

    @Test func whatTheSettingsAreWorthIsSaid() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location())
        func sentences() async throws -> String { try await store.status().durability.joined(separator: "\n") }
        #expect(try await sentences().contains("nothing is saved at all: set appendonly yes"))
        #expect(try await sentences().contains("no replica is connected"))
        try await server.send("CONFIG", "SET", "appendonly", "yes")
        #expect(try await sentences().contains("set appendfsync always (it is everysec)"))
        try await server.send("CONFIG", "SET", "appendfsync", "always")
        #expect(try await sentences().contains("a crash of Redis loses nothing"))
        let replica = try await RedisServer.start()
        try await replica.follow(server)
        #expect(try await sentences().contains("a failover may lose"))
        await store.close()
    }
}
