import Foundation
import NIOConcurrencyHelpers
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// Clients that are broken or mean harm: memory stays bounded, they are cut off in time, and everybody else is served.
    @Suite(.serialized) struct HTTPHostileTests {
        /// A server, the memory that it needs when it has served a little, and somebody who asks all the time.
        private struct Scene {
            let server: OrdinalProcess
            let memory: Int
            let others: Bystander

            init(_ arguments: [String] = []) async throws {
                server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), arguments)
                let client = try server.http()
                for _ in 0..<200 { _ = try client.alloc("service") }
                memory = server.residentBytes
                others = Bystander(port: server.httpPort)
            }

            /// Expects that memory grew by no more than this, and that nobody else was delayed.
            func expectCalm(
                below limit: Int = 8 << 20, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
            ) async throws {
                let growth = server.residentBytes - memory
                let (count, slowest) = try await others.stop()
                print("\(what): \(growth >> 10) KiB more, \(count) requests of others, the slowest took \(slowest)")
                #expect(growth < limit, "\(what): \(growth) bytes more", sourceLocation: sourceLocation)
                #expect(slowest < .seconds(2), "\(what): others waited \(slowest)", sourceLocation: sourceLocation)
                #expect(count > 10, sourceLocation: sourceLocation)
                #expect(server.exitStatus == nil, sourceLocation: sourceLocation)
            }
        }

        /// Sends pieces until the server does not take any more; answers how many bytes it took.
        private static func pour(_ piece: [UInt8], into client: HTTPSocket, upTo limit: Int) -> Int {
            var sent = 0
            while sent < limit {
                do { try client.send(piece) } catch { return sent }
                sent += piece.count
            }
            return sent
        }

        /// What comes until the server has closed, be it with a reset.
        private static func ending(of client: HTTPSocket) -> String {
            do { return try client.rest() } catch { return "\(error)" }
        }

        @Test(arguments: ["/alloc", "/v1/sequences/order/advance"])
        func aBodyOf300Megabytes(path: String) async throws {
            let scene = try await Scene()
            let port = scene.server.httpPort
            for announced in [true, false] {
                let begin = ContinuousClock.now
                let answer = try await onThread { () -> String in
                    let client = try HTTPSocket(port: port)
                    let length = announced ? "Content-Length: 300000000" : "Transfer-Encoding: chunked"
                    try client.send("POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\r\n")
                    let data = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
                    let piece = announced ? data : Array("10000\r\n".utf8) + data + Array("\r\n".utf8)
                    _ = Self.pour(piece, into: client, upTo: 300_000_000)
                    return Self.ending(of: client)
                }
                #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(path): \(answer)")
                #expect(ContinuousClock.now - begin < .seconds(15))
            }
            // Half a request took nothing.
            #expect(try scene.server.client().command("DBSIZE") == .integer(1))
            try await scene.expectCalm("300 MB for \(path)")
        }

        /// The answer is given at once; what still comes is not read for ever.
        @Test func anEndlessBodyAfterA413() async throws {
            let scene = try await Scene()
            let port = scene.server.httpPort
            let (answer, time) = try await onThread {
                let client = try HTTPSocket(port: port)
                try client.send("POST /alloc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
                let answer = try client.answer()
                let begin = ContinuousClock.now
                // Slow enough not to fill anything, and without end.
                while ContinuousClock.now - begin < .seconds(20) {
                    do { try client.send([UInt8](repeating: 0, count: 1_000)) } catch { break }
                    usleep(2_000)
                }
                return (answer, ContinuousClock.now - begin)
            }
            #expect(answer.status == 413)
            #expect(time < .seconds(10), "it was listened to for \(time)")
            // A client that keeps the connection for its next request must know that there is none.
            #expect(answer["connection"] == "close", "\(answer.head)")
            try await scene.expectCalm("endless body after a 413")
        }

        /// A byte now and then keeps nothing open beyond the time for a request: neither in the body nor in the head.
        @Test(arguments: ["head", "body"])
        func aByteNowAndThen(part: String) async throws {
            let scene = try await Scene(["--set", "http.request_timeout=1s", "--set", "http.idle_timeout=30s"])
            let port = scene.server.httpPort
            let time = try await onThread {
                let client = try HTTPSocket(port: port)
                let begin = ContinuousClock.now
                try client.send("POST /alloc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n")
                try client.send(part == "body" ? "\r\n" : "X-Long: ")
                while ContinuousClock.now - begin < .seconds(12) {
                    do { try client.send("x") } catch { break }
                    var byte: UInt8 = 0
                    usleep(100_000)
                    // The end of the connection, or 408 before it.
                    if recv(client.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) >= 0 { break }
                }
                return ContinuousClock.now - begin
            }
            #expect(time < .seconds(6), "the \(part) was waited for \(time)")
            try await scene.expectCalm("a byte now and then in the \(part)")
        }

        @Test func floodsOfHeaders() async throws {
            let scene = try await Scene()
            let port = scene.server.httpPort
            let start = "POST /alloc HTTP/1.1\r\nHost: localhost\r\n"
            let floods: [(String, String)] = [
                (start, String(repeating: "X-Flood: y\r\n", count: 1_000)),
                (start + "X-Long: ", String(repeating: "x", count: 10_000)),
                ("POST /", String(repeating: "x", count: 10_000)),
                ("", String(repeating: "x", count: 10_000)),
                ("", String(repeating: "\r\n", count: 5_000)),
                (start + "Transfer-Encoding: chunked\r\n\r\n1", String(repeating: ";x=y", count: 2_500)),
                (start + "Transfer-Encoding: chunked\r\n\r\n0\r\n", String(repeating: "X-Tail: y\r\n", count: 1_000)),
            ]
            for (start, piece) in floods {
                let begin = ContinuousClock.now
                let (sent, answer) = try await onThread {
                    let client = try HTTPSocket(port: port, timeout: 30)
                    try client.send(start)
                    let sent = Self.pour(Array(piece.utf8), into: client, upTo: 50_000_000)
                    client.finishSending()
                    return (sent, Self.ending(of: client))
                }
                let time = ContinuousClock.now - begin
                #expect(time < .seconds(20), "\(start.prefix(10))\(piece.prefix(10)): \(time)")
                #expect(!answer.contains(" 200 "), "\(start)\(piece.prefix(20)): \(answer)")
                print("flood of \(piece.prefix(10).debugDescription): \(sent) bytes, \(time), \(answer.prefix(30))")
            }
            // As many fields as are allowed are allowed.
            let fields = Dictionary(uniqueKeysWithValues: (0..<90).map { ("X-\($0)", "y") })
            #expect(try scene.server.http().alloc("order", 1, fields) == [1])
            try await scene.expectCalm("floods of headers")
        }

        @Test func garbage() async throws {
            let scene = try await Scene()
            var generator = SystemRandomNumberGenerator()
            for round in 0..<200 {
                let client = try scene.server.http(timeout: 20)
                var bytes = (0..<Int.random(in: 1...2_048)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let line = "POST /alloc HTTP/1.1\r\n"
                bytes = Array(["", line, line + "Host: x\r\nContent-Length: 9\r\n\r\n"][round % 3].utf8) + bytes
                do {
                    try client.send(bytes)
                    client.finishSending()
                } catch {
                    // To be cut off is what it deserves.
                }
                let end = Self.ending(of: client)
                #expect(!end.contains(" 200 ") && !end.contains("errno 11"), "\(bytes): \(end)")
            }
            // Requests that two readers could read in two ways, and a client of the wrong kind.
            for text in [
                "POST /alloc HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
                "POST /alloc HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /alloc HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /alloc HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx",
                "POST /alloc HTTP/1.1\r\nHost : x\r\n\r\n", "POST /alloc HTTP/9.9\r\nHost: x\r\n\r\n",
                "*1\r\n$4\r\nPING\r\n", "\u{16}\u{3}\u{1}\u{2}",
            ] {
                let client = try scene.server.http(timeout: 20)
                try client.send(text)
                client.finishSending()
                let end = Self.ending(of: client)
                #expect(end.isEmpty || end.hasPrefix("HTTP/1.1 4") || end.hasPrefix("HTTP/1.1 505"), "\(text): \(end)")
            }
            try await scene.expectCalm("garbage")
        }
    }
}

/// Somebody who asks for a number again and again while others do harm, and notes how long it took.
final class Bystander: Sendable {
    private struct State {
        var count = 0
        var slowest = Duration.zero
    }
    private let isOver = LockedFlag()
    private let state = NIOLockedValueBox(State())
    private let outcome = NIOLockedValueBox<Result<Void, any Error>?>(nil)

    init(port: Int) {
        // A thread at once: the test may keep Swift's few threads busy.
        Thread.detachNewThread { [isOver, state, outcome] in
            let result = Result {
                let client = try HTTPSocket(port: port)
                while !isOver.isRaised {
                    let begin = ContinuousClock.now
                    _ = try client.alloc("service")
                    let time = ContinuousClock.now - begin
                    state.withLockedValue { state in
                        state.count += 1
                        state.slowest = max(state.slowest, time)
                    }
                    usleep(5_000)
                }
            }
            outcome.withLockedValue { $0 = result }
        }
    }

    deinit { isOver.raise() }

    /// Ends it, and answers how many numbers it got and the longest time that it waited for one.
    func stop() async throws -> (count: Int, slowest: Duration) {
        isOver.raise()
        try await eventually("the bystander ends") { outcome.withLockedValue { $0 != nil } }
        try outcome.withLockedValue(\.self)?.get()
        return state.withLockedValue { ($0.count, $0.slowest) }
    }
}
