import Foundation
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

/// Against a real redis-server.
@Suite(.timeLimit(.minutes(1))) struct RedisTests {
    @Test func commandsAndReplies() async throws {
        let server = try await RedisServer.start()
        let connection = try await RESPConnection.connect(to: server.address)
        #expect(connection.isOpen)
        #expect(try await connection.send("PING") == .simple("PONG"))
        #expect(try await connection.send("SET", "k", "v") == .simple("OK"))
        #expect(try await connection.send("GET", "k") == .bulk(Array("v".utf8)))
        #expect(try await connection.send("GET", "missing") == .null)
        #expect(try await connection.send("INCRBY", "n", "9223372036854775807") == .integer(.max))
        #expect(
            try await connection.send("MGET", "k", "n")
                == .array([.bulk([0x76]), .bulk(Array("\(Int64.max)".utf8))]))
        let error = try await connection.send("INCR", "n")
        #expect(error == .error(ErrorReply("ERR increment or decrement would overflow")))
        #expect(try await connection.send([Array("ECHO".utf8), [0, 13, 10, 255]]) == .bulk([0, 13, 10, 255]))
        await connection.close()
        #expect(!connection.isOpen)
    }

    @Test func resp3() async throws {
        let server = try await RedisServer.start("--enable-debug-command", "yes")
        let options = RESPConnectionOptions(version: .resp3)
        let connection = try await RESPConnection.connect(to: server.address, options: options)
        #expect(try await connection.send("HSET", "h", "a", "1") == .integer(1))
        let map = try await connection.send("HGETALL", "h")
        #expect(map == .map([RESPMapEntry(key: .bulk([0x61]), value: .bulk([0x31]))]))
        #expect(try await connection.send("ZADD", "z", "1.5", "m") == .integer(1))
        #expect(try await connection.send("ZSCORE", "z", "m") == .double(1.5))
        #expect(try await connection.send("GET", "missing") == .null)
        // Real attributes of a real server, which are dropped.
        let reply = try await connection.send("DEBUG", "PROTOCOL", "attrib")
        #expect(reply == .bulk(Array("Some real reply following the attribute".utf8)))
        #expect(try await connection.send("PING") == .simple("PONG"))
        await connection.close()
    }

    /// Long enough that the socket takes them in pieces, and that the channel becomes unwritable in between.
    @Test func longCommandsAndReplies() async throws {
        let server = try await RedisServer.start()
        let connection = try await RESPConnection.connect(to: server.address)
        for round in 1...20 {
            let value = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* round) }
            #expect(try await connection.send([Array("SET".utf8), Array("k".utf8), value]) == .simple("OK"))
            let isEqual = try await connection.send("GET", "k") == .bulk(value)
            #expect(isEqual, "round \(round)")
        }
        await connection.close()
    }

    /// 100 tasks share one connection: each number comes once, and within one task they increase.
    @Test func pipelining() async throws {
        let server = try await RedisServer.start()
        let connection = try await RESPConnection.connect(to: server.address)
        let all = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<100 {
                group.addTask {
                    var numbers: [Int64] = []
                    for _ in 0..<1000 {
                        numbers.append(try #require(try await connection.send("INCR", "k").asInteger))
                    }
                    return numbers
                }
            }
            var all: [[Int64]] = []
            for try await numbers in group { all.append(numbers) }
            return all
        }
        for numbers in all { #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }) }
        #expect(Set(all.joined()) == Set(1...100_000))
        await connection.close()
    }

    @Test(arguments: [ProtocolVersion.resp2, .resp3])
    func loggingIn(_ version: ProtocolVersion) async throws {
        let server = try await RedisServer.start()
        let admin = try await RESPConnection.connect(to: server.address)
        let user = try await admin.send("ACL", "SETUSER", "alice", "on", ">wonder", "~*", "+@all")
        #expect(user == .simple("OK"))
        #expect(try await admin.send("CONFIG", "SET", "requirepass", "secret") == .simple("OK"))

        func name(_ user: String?, _ password: String?) async throws -> RESPValue {
            let options = RESPConnectionOptions(user: user, password: password, version: version)
            let connection = try await RESPConnection.connect(to: server.address, options: options)
            let name = try await connection.send("ACL", "WHOAMI")
            await connection.close()
            return name
        }
        #expect(try await name("alice", "wonder") == .bulk(Array("alice".utf8)))
        #expect(try await name(nil, "secret") == .bulk(Array("default".utf8)))

        let error = await #expect(throws: RESPClientError.self) { try await name("alice", "wrong") }
        #expect(error?.code == .refused)
        #expect(error?.message.hasPrefix("\(server.address) refused the connection: WRONGPASS") == true)
        if version == .resp2 {
            let reply = try await name(nil, nil)
            #expect(reply == .error(ErrorReply("NOAUTH Authentication required.")))
        }
        await admin.close()
    }

    @Test func aUnixSocket() async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.file("redis.sock")
        let server = try await RedisServer.start("--unixsocket", socket)
        let connection = try await RESPConnection.connect(to: .unixSocket(path: socket))
        #expect(try await connection.send("PING") == .simple("PONG"))
        await connection.close()
        server.kill()
    }

    @Test func aFrozenServerFailsAllCommandsAfterTheLimit() async throws {
        let server = try await RedisServer.start()
        let options = RESPConnectionOptions(commandTimeout: .milliseconds(300))
        let connection = try await RESPConnection.connect(to: server.address, options: options)
        server.freeze()
        let error = await #expect(throws: RESPClientError.self) { try await connection.send("PING") }
        #expect(error?.code == .timedOut)
        #expect(error?.outcome == .unknown)
        await connection.waitUntilClosed()
        let later = await #expect(throws: RESPClientError.self) { try await connection.send("PING") }
        #expect(later?.code == .connectionClosed)
        #expect(later?.outcome == .notSent)
    }

    @Test func aKilledServerFailsAllCommandsAtOnce() async throws {
        let server = try await RedisServer.start()
        let connection = try await RESPConnection.connect(to: server.address)
        async let blocked = connection.send(
            [Array("BLPOP".utf8), Array("k".utf8), Array("0".utf8)], within: .seconds(60))
        // The server has the command once it says so.
        let other = try await RESPConnection.connect(to: server.address)
        while try await other.send("INFO", "clients").asText?.contains("blocked_clients:1") != true {}
        server.kill()
        do {
            _ = try await blocked
            Issue.record("a reply of a dead server")
        } catch let error as RESPClientError {
            #expect(error.code == .connectionClosed)
            #expect(error.outcome == .unknown)
            #expect(error.description.hasSuffix("; the command may have been executed"))
        }
    }
}
