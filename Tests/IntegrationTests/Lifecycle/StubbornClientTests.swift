import Foundation
import RESP
import SeededRandom
import TestSupport
import Testing

extension Lifecycle {
    /// Clients that do not behave must not hold up a stop, nor cost the others a reply.
    @Suite struct StubbornClientTests {
        @Test func stopsAmongStubbornClients() async throws {
            var random = SeededRandom(for: "stop among stubborn clients")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            for _ in 0..<(TestEnvironment.isLong ? 10 : 2) {
                let server = try await OrdinalProcess.serve(in: directory, Settings.turns[1])
                let port = server.port
                let idle = try (0..<50).map { _ in try RedisSocket(port: port) }
                let halfway = try (0..<20).map { index in
                    let socket = try RedisSocket(port: port)
                    try socket.send(index % 2 == 0 ? "*2\r\n$4\r\nINCR\r\n$1\r\n" : "INCR halfw")
                    return socket
                }
                let deaf = try (0..<5).map { _ in try RedisSocket(port: port) }
                for socket in deaf { try Self.fill(socket, with: "INCR deaf\r\n") }
                let load = try Load(port: port, habits: Load.gapless, random: &random)
                async let takings = load.takings()
                try await load.isUnderWay()
                try await Task.sleep(for: random.milliseconds(50...200))
                let duration = try await stop(server)
                print("stop among stubborn clients: took \(duration)")
                #expect(duration < .seconds(11), "one time limit for all")
                let all = try await takings
                ledger.enter(all, isGapless: true)
                expectGoodEnd(all, after: duration)
                withExtendedLifetime((idle, halfway, deaf)) {}
            }
            try await expectNothingLost(ledger, in: directory)
            try expectSound(ledger, "stop among stubborn clients")
        }

        /// A client that closes in time does not have to be waited for, nor one that does nothing but be there.
        @Test func idleConnectionsHoldNothingUp() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(in: directory)
            let idle = try (0..<200).map { _ in try RedisSocket(port: server.port) }
            #expect(try idle[0].command("INCR", "a") == .integer(1))
            // One that is connected but not accepted yet goes with the listener, and hears no end but a reset.
            try await eventually("all are accepted") { try server.info("connected_clients") >= 200 }
            // They stay connected: the server half-closes, waits a second for them, and goes.
            #expect(try await stop(server) < .seconds(5))
            for socket in idle { #expect(try socket.replyIfAny() == nil) }

            let again = try await OrdinalProcess.serve(in: directory)
            #expect(try RedisSocket(port: again.port).command("INCR", "a") == .integer(2))
            #expect(try await again.end() == 0)
        }

        /// Requests that wait for the store when the signal comes hear that the node stops; they took nothing.
        @Test func thoseWhoWaitAreTold() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(
                in: directory, ["--set", "segment.size=10", "--set", "wait=60s"])
            let taker = try RedisSocket(port: server.port)
            #expect(try taker.number("INCR", "a") == 1)
            _ = try await run("mv", ["ordinal.db", "away.db"], in: directory.path)
            let clients = try (0..<40).map { _ in
                let socket = try RedisSocket(port: server.port)
                try socket.send("INCR a\r\n")
                return socket
            }
            // The first ones get what is in hand.
            var waiting = 0
            try await eventually("each has got a number or waits; \(waiting) wait") {
                waiting = try server.info("waiting_requests")
                let taken = try server.info("numbers_reserved") - server.info("numbers_in_hand")
                return taken + waiting == clients.count + 1
            }
            try #require(waiting >= 10, "too few wait to prove anything")
            server.signal(SIGTERM)
            var (numbers, refusals): ([Int64], [String]) = ([], [])
            for socket in clients {
                switch try socket.reply() {
                case .integer(let number): numbers.append(number)
                case .error(let error): refusals.append("\(error)")
                case let reply: throw Failure("\(reply)")
                }
                #expect(try socket.replyIfAny() == nil)
            }
            #expect(refusals.count == waiting)
            #expect(refusals.allSatisfy { $0.hasPrefix("TRYAGAIN this node is stopping; ") }, "\(refusals)")
            let last = Int64(1 + numbers.count)
            #expect(numbers.sorted() == Array(2..<last + 1), "those who had to wait took nothing")
            #expect(try await server.end() == 0)

            _ = try await run("mv", ["away.db", "ordinal.db"], in: directory.path)
            let again = try await OrdinalProcess.serve(in: directory)
            #expect(try RedisSocket(port: again.port).number("INCR", "a") == last + 1)
            #expect(try await again.end() == 0)
        }

        /// Sends until the server takes no more.
        private static func fill(_ socket: RedisSocket, with command: String) throws {
            let bytes = Array(String(repeating: command, count: 2_000).utf8)
            var sent = 0
            var pauses = 0
            while pauses < 20, sent < 64 << 20 {
                let count = bytes.withUnsafeBytes {
                    Foundation.send(socket.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
                if count > 0 {
                    (sent, pauses) = (sent + count, 0)
                } else {
                    guard errno == EAGAIN else { throw Failure("cannot send: errno \(errno)") }
                    pauses += 1
                    usleep(5_000)
                }
            }
        }
    }
}
