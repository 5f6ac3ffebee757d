import Foundation
import RESP
import SeededRandom
import TestServers
import TestSupport
import Testing

extension HTTPTests {
    /// SIGTERM: what is owed is sent, what was not handed out is given back, and nobody can hold the stop up for long.
    @Suite(.serialized) struct HTTPStopTests {
        @Test func leavesNoGapUnderLoad() async throws {
            var random = SeededRandom(for: "HTTP stop")
            let directory = try TemporaryDirectory()
            var ledger = Ledger()
            var (longest, active) = (Duration.zero, 0)
            for round in 0..<(TestEnvironment.isLong ? 60 : 9) {
                let server = try await OrdinalProcess.serveHTTP(
                    in: directory, Settings.turns[round % Settings.turns.count])
                let load = HTTPLoad(server)
                async let takings = load.takings()
                try await load.isUnderWay()
                try await Task.sleep(for: random.milliseconds(5...300))
                let time = try await stop(server)
                longest = max(longest, time)
                let all = try await takings
                ledger.enter(all, isGapless: true)
                // One that connects anew may be cut off before it was accepted, which has nothing to do with the time.
                let cutOff = all.filter { $0.breakage == RedisSocket.resetBehindAReply }
                #expect(cutOff.count <= 1 || time >= .seconds(1), "round \(round): \(cutOff.count) were cut off")
                expectGoodEnd(all.filter { $0.breakage != RedisSocket.resetBehindAReply })
                let lost = server.log.split(separator: "\n").filter { $0.contains("never be handed out") }
                #expect(lost == [], "round \(round)")
                active += all.count { !$0.numbers.isEmpty }
            }
            print("HTTP stop: \(ledger.count) numbers, the longest took \(longest)")
            #expect(longest < .seconds(5))
            #expect(active == HTTPLoad.habits.count * ledger.rounds, "each client took part")
            #expect(ledger.violations.prefix(5) == [])
            #expect(ledger.highest.values.reduce(0, +) == Int64(ledger.count), "the numbers are 1 to N")
            // The next number is the highest and one.
            let server = try await OrdinalProcess.serveHTTP(in: directory)
            for (name, highest) in ledger.highest { #expect(try server.http().next(name) == highest + 1) }
            #expect(try await server.end() == 0)
        }

        /// Idle clients, halves of requests, and clients that never read.
        @Test func amongStubbornClients() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serveHTTP(in: directory, ["--set", "drain=4s"])
            let client = try server.http()
            #expect(try client.next("order") == 1)
            let idle = try (0..<50).map { _ in try server.http() }
            #expect(try idle[0].request("GET", "/healthz").status == 200)
            let halves = try (0..<20).map { index in
                let half = try server.http()
                let text = HTTPSocket.text("POST", "/alloc", body: #"{"serviceName":"order"}"#)
                try half.send(String(text.prefix(index * 3 + 1)))
                return half
            }
            let mutes = try (0..<4).map { _ in try server.http() }
            let request = HTTPSocket.text("POST", "/v1/sequences/mute/next?count=1000")
            let packet = Array(String(repeating: request, count: 200).utf8)
            for mute in mutes {
                _ = fcntl(mute.descriptor, F_SETFL, O_NONBLOCK)
                var (sent, pauses) = (0, 0)
                while pauses < 20 {
                    let count = packet[(sent % packet.count)...].withUnsafeBytes {
                        send(mute.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    if count > 0 { (sent, pauses) = (sent + count, 0) } else { pauses += 1; usleep(5_000) }
                }
            }
            let duration = try await stop(server)
            print("HTTP stop among stubborn clients: took \(duration)")
            #expect(duration < .seconds(7), "one time limit for all")
            #expect(try client.answerIfAny() == nil)
            withExtendedLifetime((idle, halves, mutes)) {}
            let again = try await OrdinalProcess.serveHTTP(in: directory)
            #expect(try again.http().next("order") == 2)
        }

        /// What `/metrics` says. It does not ask the store.
        private static func metric(_ series: String, of server: OrdinalProcess) async throws -> Int {
            let metrics = try await server.ask("GET", "/metrics").body
            let line = metrics.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
        }

        /// Clients that only are there have nothing to wait for.
        @Test func idleConnectionsHoldNothingUp() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory())
            let idle = try (0..<200).map { _ in try server.http() }
            #expect(try idle[0].next("order") == 1)
            // One that is connected but not accepted yet goes with the listener, and hears no end but a reset.
            try await eventually("all are accepted") {
                try await Self.metric(#"ordinal_connections{front="http"}"#, of: server) >= 200
            }
            #expect(try await stop(server) < .seconds(5))
            for client in idle { #expect(try client.answerIfAny() == nil) }
        }

        /// Requests that wait for a store that stands still hear that the node stops, and took nothing.
        @Test func thoseWhoWaitAreTold() async throws {
            let redis = try await RedisServer.start()
            // To be told at once is something else than to be told when the time for it is up.
            let store = ["--store", redis.url(timeout: "1s"), "--set", "wait=60s", "--set", "drain=20s"]
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serveHTTP(
                in: directory, store + ["--set", "segment.size=10"])
            let first = try server.http().alloc("order", 3)
            #expect(first == [1, 2, 3])
            redis.freeze()
            let waiting = try (0..<20).map { index in
                let client = try server.http()
                switch index % 3 {
                case 0: try client.sendRequest("POST", "/alloc", body: #"{"serviceName":"new","count":50}"#)
                case 1: try client.sendRequest("POST", "/v1/sequences/other/next", ["Idempotency-Key": "\(index)"])
                default: try client.sendRequest("POST", "/v1/sequences/third/next")
                }
                return client
            }
            // Those with a key ask for the life of their sequence first, and wait when they were told that the store is away.
            try await eventually("all wait for numbers") { try await Self.metric("ordinal_waiting", of: server) == 20 }
            let begin = ContinuousClock.now
            server.signal(SIGTERM)
            var silent = 0
            for (index, client) in waiting.enumerated() {
                let answer = try client.answer()
                #expect(answer.status == 503 && answer["retry-after"] == "1", "\(index): \(answer.head)\(answer.body)")
                #expect(answer.body.contains("stopping"), "\(index): \(answer.body)")
                if answer["connection"] != "close" { silent += 1 }
                if index % 3 == 0 { #expect(try answer.decode(AllocAnswer.self).code == 501_000) }
                #expect(try client.answerIfAny() == nil, "\(index)")
            }
            #expect(silent == 0, "nobody told them that the connection ends")
            #expect(ContinuousClock.now - begin < .seconds(5), "they were told at once")
            _ = try await server.end()
            #expect(ContinuousClock.now - begin < .seconds(10))
            redis.thaw()
            let again = try await OrdinalProcess.serveHTTP(in: directory, store)
            #expect(try again.http().next("order") > 3)
            #expect(try again.http().next("new") >= 1)
        }

        /// A request for many numbers has some at hand and waits for the rest when the signal comes: none is lost.
        @Test func halfServedRequestsGiveBack() async throws {
            let redis = try await RedisServer.start()
            let settings = ["--store", redis.url(timeout: "30s"), "--set", "wait=60s", "--set", "segment.size=10"]
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serveHTTP(in: directory, settings)
            #expect(try server.http().alloc("order") == [1])
            redis.freeze()
            let client = try server.http()
            try client.sendRequest("POST", "/alloc", body: #"{"serviceName":"order","count":50}"#)
            try await eventually("it waits for the rest") { try await Self.metric("ordinal_waiting", of: server) == 1 }
            server.signal(SIGTERM)
            #expect(try client.answer().status == 503)
            redis.thaw()
            #expect(try await server.end() == 0)
            #expect(!server.log.contains("never be handed out"), "\(server.log)")
            let again = try await OrdinalProcess.serveHTTP(in: directory, settings)
            #expect(try again.http().next("order") == 2)
        }

        @Test func aBusyPort() async throws {
            let (directory, other) = (try TemporaryDirectory(), try TemporaryDirectory())
            let server = try await OrdinalProcess.serveHTTP(in: directory)
            #expect(try server.http().next("order") == 1)
            // idalloc runs on without a listener.
            let address = "127.0.0.1:\(server.httpPort)"
            let result = try await run(
                try #require(TestEnvironment.binary), ["serve", "--redis", "127.0.0.1:0", "--http", address],
                in: other.path, within: .seconds(20))
            #expect(result.status == 1)
            let lines = result.errors.split(separator: "\n")
            let isTold = lines.contains {
                $0.hasPrefix("ordinal: ") && $0.contains("cannot listen on \(address)")
                    && $0.contains("another program listens there") && $0.contains("--http HOST:PORT")
            }
            #expect(isTold, "\(result.errors)")
            #expect(try server.http().next("order") == 2)
            #expect(try await server.end(SIGINT) == 0)
            // What could not start has left nothing locked.
            let next = try await OrdinalProcess.serveHTTP(in: other)
            #expect(try await next.end() == 0)
        }
    }
}
