import NIOCore
import NIOPosix
import RESP
import RESPClient
import TestSupport
import Testing

/// Against servers that do one wrong thing.
@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    private func failure(
        _ connection: RESPConnection, _ command: String = "PING", within limit: Duration? = nil
    ) async -> RESPClientError? {
        do throws(RESPClientError) {
            let reply = try await connection.send([Array(command.utf8)], within: limit)
            Issue.record("a reply: \(reply)")
            return nil
        } catch {
            return error
        }
    }

    @Test func nobodyListens() async throws {
        let port = try freePort()
        let error = await #expect(throws: RESPClientError.self) {
            try await RESPConnection.connect(to: .host("127.0.0.1", port: port))
        }
        #expect(error?.code == .cannotConnect)
        #expect(error?.outcome == .notSent)
        #expect(error?.description == "cannot connect to 127.0.0.1:\(port): connection refused")
    }

    @Test func noSuchSocket() async throws {
        let error = await #expect(throws: RESPClientError.self) {
            try await RESPConnection.connect(to: .unixSocket(path: "/nowhere/redis.sock"))
        }
        #expect(error?.description == "cannot connect to /nowhere/redis.sock: no such file or directory")
    }

    @Test func aServerThatNeverAnswers() async throws {
        try await FaultyServer.run { _ in
            .silence
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            // The second one has a longer limit, and does not survive the first one.
            async let second = failure(connection, "SECOND", within: .seconds(60))
            let clock = ContinuousClock()
            var first: RESPClientError?
            let time = await clock.measure { first = await failure(connection, "FIRST", within: .milliseconds(200)) }
            #expect(first?.code == .timedOut)
            #expect(first?.outcome == .unknown)
            #expect(first?.message == "the server did not reply in time")
            #expect(time >= .milliseconds(200))
            let error = await second
            #expect(error?.code == .connectionClosed)
            await connection.waitUntilClosed()
            #expect(await failure(connection)?.outcome == .notSent)
        }
    }

    @Test func aServerThatNeverAnswersTheIntroduction() async throws {
        try await FaultyServer.run { _ in
            .silence
        } body: { server in
            let options = RESPConnectionOptions(version: .resp3, commandTimeout: .milliseconds(100))
            let error = await #expect(throws: RESPClientError.self) {
                try await RESPConnection.connect(to: server.address, options: options)
            }
            #expect(error?.code == .cannotConnect)
            #expect(error?.description == "cannot connect to \(server.address): the server did not reply in time")
        }
    }

    @Test func aServerWithoutRESP3() async throws {
        try await FaultyServer.run { _ in
            .send("-ERR unknown command 'HELLO'\r\n")
        } body: { server in
            let error = await #expect(throws: RESPClientError.self) {
                try await RESPConnection.connect(to: server.address, options: RESPConnectionOptions(version: .resp3))
            }
            #expect(error?.code == .refused)
            #expect(error?.message == "\(server.address) refused the connection: ERR unknown command 'HELLO'")
        }
    }

    @Test func aServerThatClosesInTheMiddleOfAReply() async throws {
        try await FaultyServer.run { _ in
            .sendAndClose("$10\r\nabc")
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            let error = await failure(connection)
            #expect(error?.code == .connectionClosed)
            #expect(error?.outcome == .unknown)
            #expect(error?.message == "the server closed the connection")
            await connection.waitUntilClosed()
            #expect(!connection.isOpen)
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "*1000000000\r\n", "$-5\r\n", "+no line end\n"])
    func aServerThatAnswersGarbage(_ garbage: String) async throws {
        try await FaultyServer.run { _ in
            .send(garbage)
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            let error = await failure(connection)
            #expect(error?.code == .protocolViolation)
            #expect(error?.outcome == .unknown)
            await connection.waitUntilClosed()
        }
    }

    /// The second reply would be taken for the one of the next command.
    @Test func aServerThatAnswersTwice() async throws {
        try await FaultyServer.run { _ in
            .send(":1\r\n:2\r\n")
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            #expect(try await connection.send("INCR") == .integer(1))
            await connection.waitUntilClosed()
            let error = await failure(connection)
            #expect(error?.code == .protocolViolation)
            #expect(error?.outcome == .notSent)
        }
    }

    @Test func pushMessagesAreNoReplies() async throws {
        try await FaultyServer.run { _ in
            .send(">1\r\n+news\r\n:1\r\n>0\r\n")
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            for _ in 0..<3 { #expect(try await connection.send("INCR") == .integer(1)) }
            await connection.close()
        }
    }

    @Test func commandsInFlightAreLimited() async throws {
        try await FaultyServer.run { _ in
            .silence
        } body: { server in
            let options = RESPConnectionOptions(maxCommandsInFlight: 1)
            let connection = try await RESPConnection.connect(to: server.address, options: options)
            let errors = await withTaskGroup(of: RESPClientError?.self) { group in
                for _ in 0..<2 { group.addTask { await failure(connection) } }
                // Whichever comes second fails at once; the other one waits until the connection is closed.
                var errors = [await group.next()]
                await connection.close()
                errors.append(await group.next())
                return errors
            }
            #expect(errors.map { $0??.code } == [.tooManyCommands, .connectionClosed])
            #expect(errors[0]??.outcome == .notSent)
            #expect(errors[0]??.message == "1 commands already wait for their replies")
        }
    }

    @Test func aCancelledCommandKeepsItsPlace() async throws {
        try await FaultyServer.run {
            $0.contains("SECOND") ? .send(":1\r\n:2\r\n") : .silence
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            let first = Task { await failure(connection, "FIRST") }
            var events = server.events.makeAsyncIterator()
            #expect(await events.next() == .received("*1\r\n$5\r\nFIRST\r\n"))
            first.cancel()
            let error = await first.value
            #expect(error?.code == .cancelled)
            #expect(error?.outcome == .unknown)
            #expect(connection.isOpen)
            #expect(try await connection.send("SECOND") == .integer(2))
            await connection.close()
        }
    }

    @Test func aCommandOfACancelledTaskIsNotSent() async throws {
        try await FaultyServer.run { _ in
            .send(":1\r\n")
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return await failure(connection, "CANCELLED")
            }
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled)
            #expect(error?.outcome == .notSent)
            #expect(try await connection.send("PING") == .integer(1))
            var events = server.events.makeAsyncIterator()
            #expect(await events.next() == .received("*1\r\n$4\r\nPING\r\n"))
            await connection.close()
        }
    }

    @Test func aCommandWithoutAName() async throws {
        try await FaultyServer.run { _ in
            .send(":1\r\n")
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            let error = await #expect(throws: RESPClientError.self) { try await connection.send([]) }
            #expect(error?.code == .invalidCommand)
            #expect(try await connection.send("INCR") == .integer(1))
        }
    }

    @Test func closingFailsWhatIsInFlight() async throws {
        try await FaultyServer.run { _ in
            .silence
        } body: { server in
            let connection = try await RESPConnection.connect(to: server.address)
            async let error = failure(connection)
            await connection.close()
            #expect(await error?.code == .connectionClosed)
            #expect(!connection.isOpen)
        }
    }

    @Test func aConnectionThatNobodyHoldsIsClosed() async throws {
        try await FaultyServer.run { _ in
            .send(":1\r\n")
        } body: { server in
            func connectAndForget() async throws {
                let connection = try await RESPConnection.connect(to: server.address)
                #expect(try await connection.send("PING") == .integer(1))
            }
            try await connectAndForget()
            var events = server.events.makeAsyncIterator()
            #expect(await events.next() == .received("*1\r\n$4\r\nPING\r\n"))
            #expect(await events.next() == .clientClosed)
        }
    }
}
