import Ordinal
import OrdinalRedis
import OrdinalSQLite
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

/// Redis, the store below or replies are away.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AwayTests {
    @Test func withRedisAwayNumbersComeFromBelowAndTheOldBlockDoesNotComeBackUnderThem() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let proxy = try await Proxy.start(to: server.port)
        let below = try file.open()
        let record = try await below.create()
        let store = try LayeredStore(blocksIn: server.location(through: proxy.port), over: below)
        #expect(try await store.reserve(10, of: record).segment.last == 10)
        proxy.set(.away)
        var floor: Int64 = 10
        for first in [101, 111, 121] as [Int64] {
            let segment = try await store.reserve(10, of: record, above: floor).segment
            #expect(segment.numbers == Array(first...first + 9), "no more than asked for: nothing could hold the rest")
            floor = segment.last
        }
        proxy.set(.pass)
        // Until the connection is back they come from below; then a new block does, and not the rest of the old one.
        try await eventually {
            let segment = try await store.reserve(10, of: record, above: floor).segment
            #expect(segment.first > floor)
            floor = segment.last
            return try await below.live().ceiling > floor
        }
        #expect(try await store.reserve(10, of: record, above: floor).segment.first == floor + 1)
        await store.close()
        try await proxy.close()
    }

    @Test func withTheStoreBelowAwayTheBlockGoesOnAsLongAsItLasts() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = UnreliableStore(try file.open())
        let record = try await below.create()
        let store = try LayeredStore(blocksIn: server.location(), over: below)
        try await store.reserve(10, of: record)
        below.isAway = true
        for tenth in 1..<10 as Range<Int64> {
            #expect(try await store.reserve(10, of: record).segment.first == tenth * 10 + 1)
        }
        await #expect(throws: StoreError.unavailable("away")) { try await store.reserve(10, of: record) }
        below.isAway = false
        #expect(try await store.reserve(10, of: record).segment.first == 101)
        #expect(below.reservations == 2)
        await store.close()
    }

    @Test func withBothAwayTheAnswerComesSoon() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = UnreliableStore(try file.open())
        let record = try await below.create()
        let store = try LayeredStore(blocksIn: server.location(timeout: .seconds(2)), over: below)
        try await store.reserve(10, of: record)
        server.freeze()
        below.isAway = true
        for _ in 0..<5 {
            let time = await ContinuousClock().measure {
                await #expect(throws: StoreError.unavailable("away")) { try await store.reserve(10, of: record) }
            }
            #expect(time < .seconds(8))
        }
        server.thaw()
        await store.close()
    }

    @Test func aFrozenRedisHoldsNobodyUpForLong() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let below = try file.open()
        let record = try await below.create()
        let store = try LayeredStore(blocksIn: server.location(timeout: .seconds(4)), over: below)
        try await store.reserve(10, of: record)
        server.freeze()
        let first = try await ContinuousClock().measure { try await store.reserve(10, of: record, above: 10) }
        #expect(first < .seconds(8))
        // From then on it is known that Redis hangs: nobody waits two seconds for it any more.
        let time = try await ContinuousClock().measure {
            for _ in 0..<20 { try await store.reserve(10, of: record) }
        }
        #expect(time < .seconds(15))
        server.thaw()
        await store.close()
    }

    @Test func aFrozenRedisAloneIsUnavailableInBoundedTime() async throws {
        let server = try await RedisServer.start()
        let store = try RedisStore(server.location(timeout: .seconds(1)))
        let record = try await store.create()
        server.freeze()
        for _ in 0..<4 {
            let time = await ContinuousClock().measure {
                let error = await #expect(throws: StoreError.self) { try await store.reserve(10, of: record) }
                #expect(error.isUnavailable, "a read without a reply wrote nothing: \(String(describing: error))")
            }
            #expect(time < .seconds(6))
        }
        server.thaw()
        try await eventually { await Result { try await store.reserve(1, of: record) }.isSuccess }
        #expect(try await store.live().ceiling <= 5)
        await store.close()
    }

    // MARK: Lost replies

    @Test func aReservationWithoutAReplyMayHaveHappened() async throws {
        let server = try await RedisServer.start()
        let proxy = try await Proxy.start(to: server.port)
        let store = try RedisStore(server.location(through: proxy.port))
        let record = try await store.create()
        try await store.reserve(10, of: record)
        proxy.set(.loseReply(to: "\r\nset\r\n"))
        let error = await #expect(throws: StoreError.self) { try await store.reserve(10, of: record) }
        #expect(error.isUnknown)
        #expect(proxy.count == 1, "it was sent once")
        proxy.set(.pass)
        #expect(try await store.reserve(10, of: record).segment.first == 21)
        // A read without a reply is another matter.
        proxy.set(.loseReply(to: "EVALSHA"))
        let other = await #expect(throws: StoreError.self) { try await store.reserve(10, of: record) }
        #expect(other.isUnavailable)
        await store.close()
        try await proxy.close()
    }

    @Test func theReplyToADrawIsLost() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let proxy = try await Proxy.start(to: server.port)
        let below = try file.open()
        let record = try await below.create()
        let store = try LayeredStore(blocksIn: server.location(through: proxy.port), over: below)
        #expect(try await store.reserve(10, of: record).segment.last == 10)
        proxy.set(.loseReply(to: "\r\nset\r\n"))
        #expect(try await store.reserve(10, of: record).segment.numbers == Array(101...110), "those come from below")
        #expect(store.abandoned == 10, "what may have been drawn is counted")
        #expect(proxy.count == 1, "it was sent once")
        proxy.set(.pass)
        await store.close()
        try await proxy.close()
    }

    @Test func theReplyToAnInstallationIsLost() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let proxy = try await Proxy.start(to: server.port)
        let below = try file.open()
        let load = Load(try await below.create())
        let stores = [
            try LayeredStore(blocksIn: server.location(through: proxy.port), over: below),
            try LayeredStore(blocksIn: server.location(), over: below),
        ]
        // Every change on its first way loses its reply: draws and installations.
        proxy.set(.loseReply(to: "\r\nset\r\n"))
        try await load.run(on: stores) {
            try await eventually { proxy.count > 20 }
        }
        load.expectUnique()
        #expect(stores[0].abandoned > 0)
        for store in stores { await store.close() }
        try await proxy.close()
    }

    @Test func anInstallationThatArrivesLateInstallsWhatNobodyHas() async throws {
        let (server, file) = (try await RedisServer.start(), try SQLiteFile())
        let proxy = try await Proxy.start(to: server.port)
        let below = try file.open()
        let record = try await below.create()
        let late = try LayeredStore(
            blocksIn: server.location(through: proxy.port, timeout: .seconds(4)), over: below)
        // The script is known and the connection is there before.
        try await late.reserve(1, of: try await below.create(.sample("other")))
        proxy.set(.keep("absent"))
        #expect(try await late.reserve(10, of: record).segment.numbers == Array(1...10))
        #expect(late.abandoned == 90)
        #expect(proxy.count == 1)
        // Somebody else uses a block up and takes it away.
        let other = try LayeredStore(blocksIn: server.location(), over: below)
        var numbers: [Int64] = Array(1...10)
        for _ in 0..<10 { numbers += try await other.reserve(10, of: record).segment.numbers }
        try await server.send("DEL", "{ordinal}:block:a")
        try await proxy.deliver()
        try await eventually { try await server.send("EXISTS", "{ordinal}:block:a") == .integer(1) }
        let third = try LayeredStore(blocksIn: server.location(), over: below)
        for _ in 0..<20 { numbers += try await third.reserve(10, of: record).segment.numbers }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.contains(11), "the late block is drawn from: nobody else has it")
        await third.close()
        try await proxy.close()
    }
}

extension Optional<StoreError> {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    var isUnknown: Bool { if case .unknownOutcome = self { true } else { false } }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }

    var isSuccess: Bool { if case .success = self { true } else { false } }
}
