import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// How often a store is called.
    @Suite struct StoreCallTests {
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB])
        func perMillionNumbers(kind: StoreKind) async throws {
            let (mariaDB, redis) = (try await MariaDBServer.start(), try await RedisServer.start())
            let below = mariaDB.url(try await mariaDB.makeDatabase())
            let store =
                switch kind {
                case .mariaDB: below
                case .redis: redis.url()
                case .redisOverMariaDB, .redisOverSQLite: "\(redis.url()) over \(below)"
                }
            let node = try await Node.start(on: store)
            for (name, count, rate) in [("slow", 5_000, 1_000), ("fast", 1_000_000, 0)] {
                let before = (
                    try await node.count("refills"), try await mariaDB.reservations(), try await redis.scripts()
                )
                let begin = ContinuousClock.now
                try await onThread { try takeNumbers(count, of: name, at: rate, from: try node.client()) }
                let time = (ContinuousClock.now - begin) / .seconds(1)
                let refills = try await node.count("refills") - before.0
                let writes = try await mariaDB.reservations() - before.1
                let scripts = try await redis.scripts() - before.2
                print(
                    "\(kind.rawValue), \(Int(Double(count) / time)) numbers/s: \(count) numbers, \(refills) refills, "
                        + "\(writes) reservations in MariaDB, \(scripts) scripts in Redis")
                #expect(refills <= (name == "slow" ? 10 : 100))
                if kind == .redisOverMariaDB { #expect(writes <= refills) }
            }
        }
    }
}

/// Takes so many numbers, without a gap, at so many a second; 0 means as fast as it goes.
private func takeNumbers(_ count: Int, of name: String, at rate: Int, from socket: RedisSocket) throws {
    let portion = rate == 0 ? 1_000 : 10
    let packet = String(repeating: "INCR \(name)\r\n", count: portion)
    let begin = ContinuousClock.now
    var last: Int64 = 0
    for taken in stride(from: 0, to: count, by: portion) {
        if rate > 0 {
            let early = ContinuousClock.now.duration(to: begin + .seconds(1) * (Double(taken) / Double(rate)))
            if early > .zero { Thread.sleep(forTimeInterval: early / .seconds(1)) }
        }
        try socket.send(packet)
        for _ in 0..<portion {
            let reply = try socket.reply()
            guard let number = reply.asInteger, number > last else { throw Failure("\(reply) after \(last)") }
            last = number
        }
    }
    #expect(last == count, "one node alone leaves nothing out")
}

extension MariaDBServer {
    /// How many times a row was updated.
    fileprivate func reservations() async throws -> Int {
        let rows = try await sql("SHOW GLOBAL STATUS LIKE 'Com_update'")
        return try #require(rows.first.flatMap { Int($0[1]) })
    }
}
