import Foundation
import RESP
import TestSupport
import Testing

/// The programs of `Examples/`, as somebody would run them.
@Suite("Examples", .enabled(if: ExampleProgram.directory != nil), .timeLimit(.minutes(10)))
struct ExamplesTests {
    @Test("InProcess: no server, and the second run goes on without a gap")
    func inProcess() async throws {
        let directory = try TemporaryDirectory()
        let path = try ExampleProgram.path(of: "InProcess")
        for expected in [1...100, 101...200, 201...300] as [ClosedRange<Int64>] {
            let result = try await run(path, ["numbers.db", "25"], in: directory.path)
            #expect(result.status == 0, "\(result.errors)")
            let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("task ") }
            #expect(lines.count == 4)
            let numbers = lines.flatMap { $0.split(separator: " ").dropFirst(2).compactMap { Int64($0) } }
            #expect(numbers.sorted() == Array(expected))
            #expect(result.output.contains("every other number was given back"))
        }
    }

    @Test("Shop: its own routes, Redis clients and metrics beside each other, and a clean stop")
    func shop() async throws {
        let directory = try TemporaryDirectory()
        var last: Int64 = 0
        for _ in 1...2 {
            let shop = try ExampleProgram(
                "Shop", in: directory, environment: ["SHOP_HTTP": "127.0.0.1:0", "SHOP_REDIS": "127.0.0.1:0"])
            let redis = try await shop.port(after: "redis=127.0.0.1:")
            let http = try await shop.port(after: "listening on 127.0.0.1:")
            let numbers = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 1...2 {
                    group.addTask { try await onThread { try (1...25).map { _ in try Self.order(port: http) } } }
                }
                group.addTask {
                    try await onThread {
                        let client = try RedisSocket(port: redis)
                        return try (1...50).map { _ in try client.number("INCR", "orders") }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(numbers.sorted() == Array(last + 1...last + 100))
            last += 100

            let metrics = try await onThread { try ShopAnswer("GET", "/metrics", port: http) }
            #expect(metrics.status == 200)
            #expect(metrics.head.lowercased().contains("content-type: text/plain; version=0.0.4"))
            let samples = metrics.body.split(separator: "\n")
            #expect(samples.contains("shop_orders_total 50"))
            #expect(samples.contains { $0.hasPrefix("ordinal_connections_total{front=\"redis\"} 1") })
            // Hummingbird counts when the client has its response already.
            try await eventually("Hummingbird's own count of requests") {
                let text = try await onThread { try ShopAnswer("GET", "/metrics", port: http) }.body
                return text.split(separator: "\n").contains {
                    $0.hasPrefix("hb_requests_total") && $0.contains("\"/orders\"") && $0.hasSuffix(" 50")
                }
            }
            let nothing = try await onThread { try ShopAnswer("GET", "/nothing", port: http) }
            #expect(nothing.status == 404)

            #expect(try await shop.end() == 0, "\(shop.log)")
            #expect(shop.log.contains("every number not handed out was given back"))
        }
    }

    @Test("Shop: what is made in code is checked like what stands in a file")
    func shopThatEverybodyCouldReach() async throws {
        let shop = try ExampleProgram(
            "Shop", in: try TemporaryDirectory(),
            environment: ["SHOP_HTTP": "127.0.0.1:0", "SHOP_REDIS": "0.0.0.0:0"])
        #expect(try await shop.wait() == 1)
        #expect(shop.log.contains("others can reach this address"))
    }

    private static func order(port: Int) throws -> Int64 {
        let answer = try ShopAnswer("POST", "/orders", port: port)
        guard answer.status == 201, answer.head.lowercased().contains("cache-control: no-store"),
            let number = Int64(answer.body.filter(\.isNumber)), answer.body == "{\"id\":\(number)}"
        else { throw Failure("no order: \(answer)") }
        return number
    }

    @Test("OwnStore: a store from outside keeps what Ordinal promises")
    func ownStore() async throws {
        let directory = try TemporaryDirectory()
        // Two ways to write the same letter, which are two names.
        let names = ["a", "caf\u{E9}", "cafe\u{301}"]
        var last: Int64 = 0
        for _ in 1...3 {
            let program = try Self.ownStore(in: directory)
            let port = try await program.port(after: "redis=127.0.0.1:")
            let client = try RedisSocket(port: port)
            for name in names {
                let numbers = try (1...40).map { _ in try client.number("INCR", name) }
                #expect(numbers == Array(last + 1...last + 40))
            }
            last += 40
            #expect(try await program.end() == 0, "\(program.log)")
            #expect(program.log.contains("every number not handed out was given back"))
        }

        // A crash leaves a gap, and never a repetition.
        let crashing = try Self.ownStore(in: directory)
        let before = try RedisSocket(port: try await crashing.port(after: "redis=127.0.0.1:")).number("INCR", "a")
        #expect(before == last + 1)
        #expect(try await crashing.end(SIGKILL) == -SIGKILL)
        let program = try Self.ownStore(in: directory)
        let client = try RedisSocket(port: try await program.port(after: "redis=127.0.0.1:"))
        #expect(try client.number("INCR", "a") > before)

        // What was deleted stays so, and what was moved goes on from there, after a start as well.
        #expect(try client.command("DEL", "cafe\u{301}") == .integer(1))
        #expect(try client.command("SET", "caf\u{E9}", "5000") == .simple("OK"))
        #expect(try await program.end() == 0, "\(program.log)")
        let again = try Self.ownStore(in: directory)
        let other = try RedisSocket(port: try await again.port(after: "redis=127.0.0.1:"))
        #expect(try other.command("EXISTS", "cafe\u{301}") == .integer(0))
        #expect(try other.number("INCR", "caf\u{E9}") == 5001)

        // While one serves, a second one does not begin: both would hand out the same numbers.
        let second = try Self.ownStore(in: directory)
        #expect(try await second.wait() == 1)
        #expect(second.log.contains("in use by another process"))
        #expect(try await again.end() == 0, "\(again.log)")
    }

    private static func ownStore(in directory: TemporaryDirectory) throws -> ExampleProgram {
        try ExampleProgram(
            "OwnStore", ["numbers.json", "127.0.0.1:0"], in: directory)
    }
}

/// The answer to one HTTP request on a connection of its own.
private struct ShopAnswer {
    let status: Int
    let head: String
    let body: String

    init(_ method: String, _ path: String, port: Int) throws {
        let socket = try RedisSocket(port: port)
        try socket.send(
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        var bytes: [UInt8] = []
        while let more = try socket.receive() { bytes += more }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw Failure("not an HTTP response: \(text)")
        }
        self.status = status
        head = String(text[..<end.lowerBound])
        body = String(text[end.upperBound...])
    }
}
