import Foundation
import NIOConcurrencyHelpers
import RESP
import RESPClient
import TestServers
import TestSupport
import Testing

/// The client that connects by itself, against a real redis-server and against bad ones.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ClientTests {
    private func location(_ address: RESPAddress, timeout: Duration = .seconds(2)) -> RESPServerLocation {
        var location = RESPServerLocation(.server(address))
        location.timeout = timeout
        return location
    }

    private func words(_ words: String...) -> [[UInt8]] { words.map { Array($0.utf8) } }

    private func failure(_ client: RESPClient) async -> RESPClientError? {
        await #expect(throws: RESPClientError.self) { try await client.send(words("PING")) }
    }

    @Test func itConnectsWhenItIsNeededAndAgainAfterALoss() async throws {
        let server = try await RedisServer.start()
        let client = try RESPClient(location(server.address))
        let replies = try await withThrowingTaskGroup(of: RESPValue.self) { group in
            for _ in 0..<50 { group.addTask { try await client.send(words("CLIENT", "ID")) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(replies.count == 1, "all share one connection")
        let id = try #require(replies.first?.asInteger)
        let admin = try await RESPConnection.connect(to: server.address)
        #expect(try await admin.send("CLIENT", "KILL", "ID", "\(id)") == .integer(1))
        await admin.close()
        // The loss may be noticed a moment later; no command is repeated because of it.
        var other: RESPValue?
        while other == nil {
            do throws(RESPClientError) { other = try await client.send(words("CLIENT", "ID")) } catch {
                #expect(error.code == .connectionClosed)
            }
        }
        #expect(other?.asInteger != id)
        await client.close()
        #expect(await failure(client)?.message == "the client is closed")
    }

    @Test func anAbsentServerFailsCallsAtOnceAndIsFoundLater() async throws {
        let port = try freePort()
        let client = try RESPClient(location(.host("127.0.0.1", port: port)))
        for _ in 0..<100 {
            let error = await failure(client)
            #expect(error?.code == .cannotConnect)
            #expect(error?.outcome == .notSent)
        }
        await client.close()
    }

    /// After the first call no call waits for a server that hangs.
    @Test func aServerThatNeverAnswersTheFirstQuestion() async throws {
        try await FaultyServer.run { _ in
            .silence
        } body: { server in
            let client = try RESPClient(location(server.address, timeout: .seconds(4)))
            let first = await ContinuousClock().measure { #expect(await failure(client)?.outcome == .notSent) }
            #expect(first < .seconds(8))
            // If each waited two seconds for a connection, this would take forty.
            let time = await ContinuousClock().measure {
                for _ in 0..<20 { #expect(await failure(client)?.outcome == .notSent) }
            }
            #expect(time < .seconds(15))
            await client.close()
        }
    }

    @Test func aCommandWithoutAReplyIsNotRepeated() async throws {
        let count = NIOLockedValueBox(0)
        try await FaultyServer.run { received in
            if received.contains("INCR") { count.withLockedValue { $0 += 1 } }
            return received.contains("ROLE") ? .send("*1\r\n$6\r\nmaster\r\n") : .sendAndClose("")
        } body: { server in
            let client = try RESPClient(location(server.address))
            let error = await #expect(throws: RESPClientError.self) { try await client.send(words("INCR", "k")) }
            #expect(error?.code == .connectionClosed)
            #expect(error?.outcome == .unknown)
            // Whatever might have been sent again was sent before this.
            #expect(await failure(client)?.outcome == .unknown)
            #expect(count.withLockedValue { $0 } == 1)
            await client.close()
        }
    }

    @Test func aMasterThatWasDemotedIsNotUsedAnyLonger() async throws {
        let server = try await RedisServer.start()
        let client = try RESPClient(location(server.address))
        #expect(try await client.send(words("SET", "k", "v")) == .simple("OK"))
        let port = try freePort()
        #expect(try await client.send(words("REPLICAOF", "127.0.0.1", "\(port)")) == .simple("OK"))
        guard case .error(let error) = try await client.send(words("SET", "k", "w")) else {
            Issue.record("a replica was written to")
            return
        }
        #expect(error.prefix == "READONLY")
        #expect(
            await failure(client)?.message.contains("is a replica: give the address of 127.0.0.1:\(port)") == true)
        await client.close()
    }

    @Test func aCancelledTaskChangesNothing() async throws {
        let server = try await RedisServer.start()
        let client = try RESPClient(location(server.address))
        let tasks = (0..<20).map { _ in
            Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.send(words("INCR", "k"))
            }
        }
        for task in tasks { _ = try await task.value }
        #expect(try await client.send(words("GET", "k")) == .bulk(Array("20".utf8)))
        await client.close()
    }

    @Test func loginDatabaseAndRole() async throws {
        let server = try await RedisServer.start("--requirepass", "secret")
        let client = try RESPClient(RESPServerLocation("redis://:secret@\(server.address)/5"))
        let info = try await client.send(words("CLIENT", "INFO")).asText ?? ""
        #expect(info.contains(" db=5 "))
        await client.close()

        let directory = try TemporaryDirectory()
        let file = directory.file("password")
        try "secret\n".write(toFile: file, atomically: true, encoding: .utf8)
        let other = try RESPClient(RESPServerLocation("redis://\(server.address)?password_file=\(file)"))
        #expect(try await other.send(words("PING")) == .simple("PONG"))
        await other.close()

        let wrong = try RESPClient(RESPServerLocation("redis://:wrongsecret@\(server.address)"))
        let error = await failure(wrong)
        #expect(error?.code == .refused)
        #expect(error?.message.contains("wrongsecret") == false)
        let none = try RESPClient(RESPServerLocation("redis://\(server.address)"))
        #expect(await failure(none)?.message.contains("NOAUTH") == true)
        let far = try RESPClient(RESPServerLocation("redis://:secret@\(server.address)/99"))
        #expect(await failure(far)?.message.contains("refused database 99") == true)
    }

    @Test func filesThatAreNotThere() {
        let error = #expect(throws: RESPClientError.self) {
            try RESPClient(try RESPServerLocation("redis://h?password_file=/nowhere/password"))
        }
        #expect(error?.message.contains("the password file /nowhere/password cannot be opened") == true)
        #expect(throws: RESPClientError.self) { try RESPClient(try RESPServerLocation("rediss://h?ca=/nowhere/ca")) }
    }
}
