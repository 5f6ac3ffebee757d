import Ordinal
import OrdinalRedis
import OrdinalSQLite
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct LayeredStoreTests {
    @Test func theStoreBelowIsWrittenOncePerBlock() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = UnreliableStore(try file.open())
        let record = try await below.create()
        let stores = [try layered(server, below), try layered(server, below)]
        var numbers: [Int64] = []
        for round in 0..<100 {
            numbers += try await stores[round % 2].reserve(10, of: record).segment.numbers
        }
        #expect(numbers == Array(1...1_000))
        #expect(below.reservations == 10)
        for store in stores { await store.close() }
    }

    @Test func fourStoresReserveAndReleaseAtOnce() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let load = Load(try await below.create())
        let stores = try (0..<4).map { _ in try layered(server, below) }
        try await load.run(on: stores, releases: true) {
            try await eventually { load.count > 3_000 }
        }
        load.expectUnique()
        #expect(load.failures == 0)
        for store in stores { await store.close() }
    }

    @Test func numbersAbove2To53AreExact() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let store = try layered(server, below)
        for exponent in 53...61 {
            let ceiling = (Int64(1) << exponent) - 15
            let record = try await below.create(.sample("\(exponent)"), at: ceiling)
            var numbers: [Int64] = []
            for _ in 0..<10 { numbers += try await store.reserve(3, of: record).segment.numbers }
            #expect(numbers == (1...30).map { ceiling + $0 })
        }
        let highest = SequenceOptions.highestNumber
        let record = try await below.create(.sample("highest"), at: highest - 20)
        var numbers: [Int64] = []
        for _ in 0..<7 { numbers += try await store.reserve(3, of: record).segment.numbers }
        #expect(numbers == Array(highest - 19...highest))
        await #expect(throws: StoreError.exhausted(maximum: highest)) { try await store.reserve(3, of: record) }
        await store.close()
    }

    @Test func namesAreBytes() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let store = try layered(server, below)
        let long = String(repeating: "ü", count: 127)
        let names = ["caf\u{E9}", "cafe\u{301}", "a b", " ", "{x}", "*", long, long + "x", "😀", "a:b"].map {
            SequenceName.sample($0)
        }
        for (index, name) in names.enumerated() {
            let record = try await below.create(name, at: Int64(index) * 1_000)
            for _ in 0..<2 { try await store.reserve(10, of: record) }
        }
        for (index, name) in names.enumerated() {
            let numbers = try await store.reserve(1, of: try await below.live(name)).segment.numbers
            #expect(numbers == [Int64(index) * 1_000 + 21], "\(name)")
        }
        await store.close()
    }

    // MARK: Stopping

    @Test func aStopGivesTheRestOfTheBlockBack() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let store = try layered(server, try file.open())
        let record = try await store.create()
        let segment = try await store.reserve(10, of: record).segment
        #expect(try await store.live().ceiling == 100)
        let end = Segment(life: record.life, first: 6, last: 10, increment: 1, stamp: segment.stamp)
        #expect(try await store.release(end, of: .a))
        #expect(try await !store.release(end, of: .a), "once")
        await store.close()
        #expect(store.abandoned == 0)
        #expect(try await server.send("DBSIZE") == .integer(0))
        let again = try layered(server, try file.open())
        #expect(try await again.live().ceiling == 5)
        #expect(try await again.reserve(10, of: record, above: 5).segment.first == 6)
        await again.close()
    }

    /// The engine over it: stopping and starting leaves no gap, whatever was in hand.
    @Test func aCleanStopLeavesNoGap() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        var policy = SequencerPolicy()
        policy.segmentSize = .fixed(7)
        var numbers: [Int64] = []
        for round in 1...12 {
            let store = try layered(server, try file.open())
            let sequencer = Sequencer(store: store, policy: policy)
            for _ in 0..<(round * 5) { numbers.append(try await sequencer.next(.a, creates: true).first) }
            #expect(await sequencer.shutDown(within: .seconds(10)))
            await store.close()
            #expect(store.abandoned == 0)
        }
        #expect(numbers == Array(1...Int64(numbers.count)))
    }

    // MARK: Deletes, restarts, advances

    @Test func anAdvanceCutsTheBlock() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let store = try layered(server, try file.open())
        let record = try await store.create(options: try SequenceOptions(increment: 3))
        #expect(try await store.reserve(10, of: record).segment.last == 30)
        let late = try await store.reserve(10, of: record).segment
        // Into the block, to a number that is not one of its own.
        _ = try await store.advance(.a, life: record.life, by: .to(100))
        #expect(try await store.reserve(1, of: record).segment.first == 102)
        #expect(try await !store.release(late, of: .a))
        // Past it.
        _ = try await store.advance(.a, life: record.life, by: .to(1_000))
        #expect(try await store.reserve(1, of: record).segment.first == 1_003)
        // Into what was drawn: what is given back does not take the advance back.
        let segment = try await store.reserve(9, of: record).segment
        _ = try await store.advance(.a, life: record.life, by: .to(segment.first + 3))
        #expect(try await store.release(segment, of: .a))
        #expect(try await store.reserve(1, of: record).segment.first == segment.first + 6)
        await store.close()
    }

    @Test func theBlockOfAnEndedLifeIsDropped() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let store = try layered(server, try file.open())
        let record = try await store.create()
        try await store.reserve(10, of: record)
        let next = try await store.restart(.a, from: record.life, to: .fresh, at: 0, options: .standard)
        await #expect(throws: StoreError.ended) { try await store.reserve(10, of: record) }
        #expect(try await store.reserve(10, of: next).segment.first == 1)
        #expect(try await store.delete(.a, life: next.life))
        await #expect(throws: StoreError.ended) { try await store.reserve(10, of: next) }
        await store.close()
    }

    /// The block could not be cut: the engine drops what does not lie above the origin.
    @Test func anAdvanceThatRedisDidNotHearOfIsKeptAllTheSame() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let proxy = try await Proxy.start(to: server.port)
        let below = try file.open()
        let one = try LayeredStore(blocksIn: server.location(through: proxy.port), over: below)
        let record = try await one.create()
        try await one.reserve(10, of: record)
        proxy.set(.away)
        _ = try await one.advance(.a, life: record.life, by: .to(75))
        // The block at 11 is still there for others.
        let two = try layered(server, below)
        var policy = SequencerPolicy()
        policy.segmentSize = .fixed(10)
        let sequencer = Sequencer(store: two, policy: policy)
        #expect(try await sequencer.next(.a).first == 76)
        #expect(try await sequencer.next(.a).first == 77)
        #expect(await sequencer.shutDown(within: .seconds(10)))
        await two.close()
        try await proxy.close()
    }

    @Test func theBlockOfALifeWhoseEndRedisDidNotHearOfIsNotUsed() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let proxy = try await Proxy.start(to: server.port)
        let below = try file.open()
        let one = try LayeredStore(blocksIn: server.location(through: proxy.port), over: below)
        let record = try await one.create()
        try await one.reserve(10, of: record)
        proxy.set(.away)
        let next = try await one.restart(.a, from: record.life, to: .fresh, at: 500, options: .standard)
        let two = try layered(server, below)
        let segment = try await two.reserve(10, of: next).segment
        #expect(segment.first == 501 && segment.life == next.life)
        #expect(try await two.reserve(10, of: next).segment.first == 511)
        await two.close()
        try await proxy.close()
    }

    @Test func aDamagedBlockIsReplaced() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let store = try layered(server, try file.open())
        let record = try await store.create()
        try await store.reserve(10, of: record)
        try await server.send("SET", "{ordinal}:block:a", "nonsense")
        #expect(try await store.reserve(10, of: record).segment.first == 101)
        #expect(try await store.reserve(10, of: record).segment.first == 111)
        await store.close()
    }

    @Test func aKeyOfAnotherKindIsLeftAlone() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let store = try layered(server, try file.open())
        let record = try await store.create()
        try await server.send("LPUSH", "{ordinal}:block:a", "x")
        #expect(try await store.reserve(10, of: record).segment.first == 1)
        #expect(try await store.reserve(10, of: record).segment.first == 11)
        #expect(try await server.send("LLEN", "{ordinal}:block:a") == .integer(1))
        await store.close()
    }

    @Test func whatIsSaidOfBoth() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let store = try layered(server, below)
        let (status, own) = (try await store.status(), try await below.status())
        #expect(status.id == own.id && status.home == own.home)
        #expect(status.durability.starts(with: own.durability))
        #expect(status.durability.contains { $0.contains("RESTORE, COPY") })
        #expect(store.label == "redis://127.0.0.1:\(server.port) over \(below.label)")
        server.kill()
        try await eventually { try await store.status().durability.contains { $0.hasPrefix("Redis is away") } }
        await store.close()
    }

    private func layered(_ server: RedisServer, _ below: any SequenceStore) throws -> LayeredStore {
        try LayeredStore(blocksIn: server.location(), over: below)
    }
}
