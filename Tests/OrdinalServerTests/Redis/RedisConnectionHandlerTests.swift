import NIOCore
import NIOPosix
import Ordinal
import RESP
import StoreConformance
import TestSupport
import Testing

@testable import OrdinalServer

/// Connections over real sockets: what the machine between two programs makes of them.
@Suite struct RedisConnectionHandlerTests {
    /// Runs `body` with a front that listens.
    private func withFront(
        _ options: RedisOptions = RedisOptions(), _ body: (FrontUnderTest, RedisFront, Int) async throws -> Void
    ) async throws {
        let shared = try FrontUnderTest(options)
        let group = MultiThreadedEventLoopGroup.singleton
        let front = RedisFront(shared.services, group: group, executors: EventLoopExecutors(group), tls: nil)
        let address = try await front.start(host: "127.0.0.1", port: 0)
        let port = try #require(address?.port)
        do {
            try await body(shared, front, port)
        } catch {
            await front.drain(within: .zero)
            throw error
        }
        await front.drain(within: .zero)
        await shared.store.letGo()
        _ = await shared.services.sequencer.shutDown(within: .seconds(5))
        await shared.store.close()
    }

    @Test func aClientThatIsGoneTakesNoNumber() async throws {
        try await withFront { shared, _, port in
            await shared.store.hold()
            let (gone, patient) = (try LoopbackClient(port: port), try LoopbackClient(port: port))
            try await gone.send("INCR a\r\nINCR a\r\n")
            try await eventually("the first waits") { await shared.store.held == 1 }
            try await patient.send("INCR a\r\n")
            try await eventually("the second waits") { shared.services.sequencer.snapshots().first?.waiting == 2 }
            gone.reset()
            try await eventually("the front notices") { shared.services.connections.count == 1 }
            try await eventually("nobody waits for it") { shared.services.sequencer.snapshots().first?.waiting == 1 }
            await shared.store.letGo()
            #expect(try await patient.receives(":1\r\n"))
            #expect(shared.events.filter { $0.hasPrefix("gap_") }.allSatisfy { $0.hasSuffix(":0") }, "\(shared.events)")
        }
    }

    /// After its last command a client may end its side; the replies are owed all the same.
    @Test func aHalfClosedClientIsAnswered() async throws {
        try await withFront { shared, _, port in
            await shared.store.hold()
            let client = try LoopbackClient(port: port)
            try await client.send("PING\r\nINCR a\r\nECHO x\r\nINCR a\r\nINC")
            try await eventually("it waits") { await shared.store.held == 1 }
            client.finishSending()
            await shared.store.letGo()
            #expect(try await client.rest() == "+PONG\r\n:1\r\n$1\r\nx\r\n:2\r\n")
            try await eventually("it is gone") { shared.services.connections.count == 0 }
        }
    }

    @Test func aHalfClosedClientWithNothingToWaitFor() async throws {
        try await withFront { shared, _, port in
            for text in ["", "PING\r\n", "*1\r\n$4\r\nPI"] {
                let client = try LoopbackClient(port: port)
                try await client.send(text)
                client.finishSending()
                #expect(try await client.rest() == (text.hasPrefix("PING") ? "+PONG\r\n" : ""))
            }
            try await eventually("all are gone") { shared.services.connections.count == 0 }
        }
    }

    /// Everything that a client sent before its end is done, however much more that is than one read.
    @Test func aLongPacketAndItsEnd() async throws {
        try await withFront { shared, _, port in
            let client = try LoopbackClient(port: port)
            try await client.send(String(repeating: "INCR a\r\n", count: 20_000))
            client.finishSending()
            #expect(try await client.restOfNumbers() == Array(1...20_000))
        }
    }

    @Test func othersDoNotWait() async throws {
        try await withFront { shared, _, port in
            let quick = try LoopbackClient(port: port)
            try await quick.send("INCR b\r\n")
            #expect(try await quick.receives(":1\r\n"))
            await shared.store.hold()
            let slow = try (0..<10).map { _ in try LoopbackClient(port: port) }
            for client in slow { try await client.send("INCR a\r\n") }
            try await eventually("they wait") { await shared.store.held == 1 }
            for number in 2...100 {
                try await quick.send("INCR b\r\n")
                #expect(try await quick.receives(":\(number)\r\n"))
            }
            await shared.store.letGo()
            for client in slow { client.finishSending() }
            var replies: Set<String> = []
            for client in slow { replies.insert(try await client.rest()) }
            #expect(replies == Set((1...10).map { ":\($0)\r\n" }))
        }
    }

    @Test func drainAnswersWhatWasBegunAndBeginsNothing() async throws {
        try await withFront { shared, front, port in
            let (idle, waiting, half) = (
                try LoopbackClient(port: port), try LoopbackClient(port: port), try LoopbackClient(port: port)
            )
            for client in [idle, half] {
                try await client.send("INCR a\r\n")
                #expect(try await client.receive(upTo: 4).hasPrefix(":"))
            }
            await shared.store.hold()
            try await waiting.send("PING\r\nMULTI\r\nINCR b\r\nINCR a\r\nEXEC\r\nINCR a\r\n")
            try await half.send("INCR")
            #expect(try await waiting.receives("+PONG\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n"))
            try await eventually("it waits") { await shared.store.held == 1 }
            async let drained: Void = front.drain(within: .seconds(10))
            let stopping = try await waiting.rest()
            #expect(stopping.split(whereSeparator: \.isNewline).count == 2, "both replies of the transaction")
            #expect(
                stopping.split(whereSeparator: \.isNewline).allSatisfy { $0.hasPrefix("-TRYAGAIN ") }, "\(stopping)")
            #expect(try await idle.rest() == "")
            #expect(try await half.rest() == "")
            for client in [idle, waiting, half] { client.close() }
            await drained
            #expect(shared.services.connections.count == 0)
            #expect(shared.services.sequencer.snapshots().first { $0.name.description == "a" }?.issued == 2)
            #expect(throws: Failure.self) { try LoopbackClient(port: port) }
        }
    }

    /// A client may be in the middle of sending when the server stops; what it was sent must reach it all the same.
    @Test func drainLosesNoReply() async throws {
        try await withFront { shared, front, port in
            let warm = try LoopbackClient(port: port)
            try await warm.send("INCR a\r\n")
            #expect(try await warm.receives(":1\r\n"))
            let clients = try (0..<8).map { _ in try LoopbackClient(port: port) }
            // The system resets those that nobody has accepted when the server stops to listen.
            try await eventually("all are accepted") { shared.services.connections.count == 9 }
            // No more than is read within the second that the front reads on, on a busy machine too.
            for client in clients { try await client.send(String(repeating: "INCR a\r\n", count: 500)) }
            async let drained: Void = front.drain(within: .seconds(10))
            var taken: [Int] = [1]
            for client in clients {
                taken += try await client.restOfNumbers()
                client.close()
            }
            warm.close()
            await drained
            let issued = shared.services.sequencer.snapshots().first?.issued ?? 0
            #expect(taken.sorted() == Array(1...Int(issued)), "every number that was taken has arrived")
        }
    }

    /// What a client has sent and nobody has read must not reset the connection that its last replies come by.
    @Test func drainReadsWhatItDoesNotAnswer() async throws {
        try await withFront { shared, front, port in
            let client = try LoopbackClient(port: port, receiveBuffer: 4_096)
            await shared.store.hold()
            let word = String(repeating: "x", count: 1_013)
            try await client.send((0..<60).map { "ECHO \($0 + 1_000)\(word)\r\n" }.joined() + "INCR a\r\n")
            try await eventually("it waits") { await shared.store.held == 1 }
            // As long as a command waits nothing is read, and most of the replies still lie with the system.
            try await client.send(String(repeating: "INCR a\r\n", count: 1_000))
            await front.drain(within: .seconds(10))
            let replies = try await client.rest()
            #expect(replies.utf8.count > 60 * 1_026 && replies.contains("1059\(word)\r\n-TRYAGAIN "))
        }
    }

    /// Who has said all and takes its replies slowly gets every one of them.
    @Test func repliesThatAreOwedAtTheEndOfTheInputAreSent() async throws {
        try await withFront { _, _, port in
            let client = try LoopbackClient(port: port, receiveBuffer: 4_096)
            let word = String(repeating: "x", count: 1_013)
            try await client.send((0..<150).map { "ECHO \($0 + 1_000)\(word)\r\n" }.joined())
            client.finishSending()
            try await Task.sleep(for: .milliseconds(300))
            let replies = try await client.rest()
            #expect(replies.hasSuffix("1149\(word)\r\n") && replies.utf8.count == 150 * 1_026)
        }
    }

    @Test func aClientThatStaysIsClosedInTheEnd() async throws {
        try await withFront { shared, front, port in
            let client = try LoopbackClient(port: port)
            try await client.send("PING\r\n")
            #expect(try await client.receives("+PONG\r\n"))
            let start = ContinuousClock.now
            await front.drain(within: .seconds(10))
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await client.rest() == "")
        }
    }

    /// Who takes no replies is given no more of them, and keeps no memory: its commands stay in the sockets.
    @Test func repliesThatNobodyTakes() async throws {
        try await withFront { shared, _, port in
            let mute = try LoopbackClient(port: port, receiveBuffer: 65_536)
            // 1,024 bytes a command, 1,026 a reply, and each says which one it is.
            let commands = (1_000..<5_000).map { "ECHO \($0)" + String(repeating: "x", count: 1_013) + "\r\n" }
            let packet = Array(commands.joined().utf8)
            var (sent, done, quiet) = (0, 0, 0)
            while quiet < 100 {
                let accepted = mute.sendWhatFits(packet[(sent % packet.count)...])
                sent += accepted
                let isResting = accepted == 0 && Int(shared.services.metrics.commands) == done
                quiet = isResting ? quiet + 1 : 0
                done = Int(shared.services.metrics.commands)
                if accepted == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(done < sent / 1_024, "the server stopped before the commands ended")
            let other = try LoopbackClient(port: port)
            try await other.send("PING\r\n")
            #expect(try await other.receives("+PONG\r\n"))

            // It reads after all: every whole command that it sent is answered, in order.
            mute.finishSending()
            let replies = try await mute.rest()
            #expect(replies.utf8.count == sent / 1_024 * 1_026)
            let numbers = replies.split(separator: "\r\n").filter { $0.last == "x" }.map { Int($0.prefix(4)) }
            #expect(numbers == (0..<sent / 1_024).map { 1_000 + $0 % 4_000 })
        }
    }

    @Test func aResetInTheMiddle() async throws {
        try await withFront { shared, _, port in
            for round in 0..<50 {
                let client = try LoopbackClient(port: port)
                try await client.send(String(repeating: "INCR a\r\nGET none\r\n", count: 200))
                if round % 2 == 0 { _ = try await client.receive(upTo: 1) }
                client.reset()
            }
            try await eventually("all are gone") { shared.services.connections.count == 0 }
            let client = try LoopbackClient(port: port)
            try await client.send("PING\r\n")
            #expect(try await client.receives("+PONG\r\n"))
        }
    }

    @Test func tooManyConnections() async throws {
        var options = RedisOptions()
        options.maximumConnections = 3
        try await withFront(options) { shared, _, port in
            let clients = try (0..<3).map { _ in try LoopbackClient(port: port) }
            for client in clients {
                try await client.send("PING\r\n")
                #expect(try await client.receives("+PONG\r\n"))
            }
            for _ in 0..<5 {
                #expect(try await LoopbackClient(port: port).rest() == "-ERR max number of clients reached\r\n")
            }
            #expect(shared.services.connections.rejected == 5)
            clients[0].close()
            try await eventually("a place is free") { shared.services.connections.count == 2 }
            let next = try LoopbackClient(port: port)
            try await next.send("PING\r\n")
            #expect(try await next.receives("+PONG\r\n"))
        }
    }

    /// The same with commands that are suspended before they are answered.
    @Test func longRepliesThatNobodyTakes() async throws {
        try await withFront { shared, _, port in
            for index in 0..<300 {
                let name = try SequenceName("\(index)" + String(repeating: "x", count: 200))
                try await shared.services.sequencer.create(name, at: 0, options: .standard)
            }
            let mute = try LoopbackClient(port: port, receiveBuffer: 65_536)
            // 60 kB a reply: a thousand of them fit into no socket.
            let packet = Array(String(repeating: "KEYS *\r\n", count: 1_000).utf8)
            #expect(mute.sendWhatFits(packet[...]) == packet.count)
            var (done, quiet) = (0, 0)
            while quiet < 100 {
                let now = Int(shared.services.metrics.commands)
                (quiet, done) = (now == done && now > 0 ? quiet + 1 : 0, now)
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(done < 500, "the server does them for a client that takes nothing")
            let other = try LoopbackClient(port: port)
            try await other.send("PING\r\n")
            #expect(try await other.receives("+PONG\r\n"))
        }
    }

    /// One that is waited for in vain costs nothing of what the others have in hand, nor does a stop in the middle of it.
    @Test func aNumberOfEachIsTakenOfAllOrOfNone() async throws {
        try await withFront { shared, front, port in
            let client = try LoopbackClient(port: port)
            try await client.send("INCR a\r\nSET b 0\r\n")
            #expect(try await client.receives(":1\r\n+OK\r\n"))
            await shared.store.hold()
            try await client.send("MGET a b a\r\n")
            try await eventually("it waits") { await shared.store.held == 1 }
            async let drained: Void = front.drain(within: .seconds(10))
            #expect(try await client.rest().hasPrefix("-TRYAGAIN this node is stopping"))
            client.close()
            await drained
            #expect(shared.services.sequencer.snapshots().first { $0.name.description == "a" }?.next == 2)
            #expect(shared.events.filter { $0.hasPrefix("gap_") }.allSatisfy { $0.hasSuffix(":0") }, "\(shared.events)")
        }
    }

    @Test func quitClosesInGoodOrder() async throws {
        try await withFront { shared, _, port in
            let client = try LoopbackClient(port: port)
            try await client.send("PING\r\nQUIT\r\n" + String(repeating: "PING\r\n", count: 5_000))
            #expect(try await client.rest() == "+PONG\r\n+OK\r\n")
            client.close()
            try await eventually("it is gone") { shared.services.connections.count == 0 }
        }
    }

    @Test func idleClientsAreClosed() async throws {
        var options = RedisOptions()
        options.idleTimeout = .seconds(2)
        try await withFront(options) { shared, front, port in
            let closing = Task { await front.closeIdleConnections() }
            defer { closing.cancel() }
            await shared.store.hold()
            let (idle, waiting) = (try LoopbackClient(port: port), try LoopbackClient(port: port))
            try await waiting.send("INCR a\r\n")
            #expect(try await idle.rest() == "")
            await shared.store.letGo()
            #expect(try await waiting.receives(":1\r\n"), "one that waits for us is not idle")
        }
    }
}
