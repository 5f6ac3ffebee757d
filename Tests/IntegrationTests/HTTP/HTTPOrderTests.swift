import Foundation
import RESP
import TestSupport
import Testing

extension HTTPTests {
    /// A request that was sent after another was answered gets a higher number, whichever of the two fronts they use.
    @Suite struct HTTPOrderTests {
        /// Numbers of one request, with the times between which they were taken.
        private struct Request: Sendable {
            let numbers: [Int64]
            let sent: ContinuousClock.Instant
            let answered: ContinuousClock.Instant
        }

        @Test func oneAfterTheOther() async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), ["--set", "segment.size=7"])
            let numbers = try await onThread {
                let (http, redis) = (try server.http(), try server.client())
                return try (0..<300).flatMap { index -> [Int64] in
                    switch index % 4 {
                    case 0: [try http.next("order")]
                    case 1: [try redis.number("INCR", "order")]
                    case 2: try http.alloc("order", 3)
                    default: [try server.http().next("order")]
                    }
                }
            }
            #expect(numbers == Array(1...Int64(numbers.count)), "each after the one before, none left out")
        }

        @Test(arguments: Settings.turns)
        func manyConnections(settings: [String]) async throws {
            let server = try await OrdinalProcess.serveHTTP(in: try TemporaryDirectory(), settings)
            let (http, redis) = (server.httpPort, server.port)
            let each = TestEnvironment.isLong ? 1_000 : 150
            let requests = try await withThrowingTaskGroup { group in
                for client in 0..<16 {
                    group.addTask {
                        try await onThread { try Self.take(each, client, http: http, redis: redis) }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let numbers = requests.flatMap(\.numbers)
            let isWhole = numbers.sorted() == Array(1...Int64(numbers.count))
            #expect(isWhole, "each number once, none left out")
            let disorder = Self.disorder(requests)
            print("16 clients of both fronts \(settings): \(numbers.count) numbers, \(disorder.count) out of order")
            #expect(disorder.prefix(5) == [])
            #expect(try await server.end() == 0)
        }

        /// Every client has a connection to each front, and changes between them.
        private static func take(_ count: Int, _ client: Int, http: Int, redis: Int) throws -> [Request] {
            let (http, redis) = (try HTTPSocket(port: http), try RedisSocket(port: redis))
            return try (0..<count).map { index in
                let sent = ContinuousClock.now
                let numbers: [Int64] =
                    switch (index + client) % 3 {
                    case 0: [try http.next("one")]
                    case 1: [try redis.number("INCR", "one")]
                    default: try http.alloc("one", 2)
                    }
                return Request(numbers: numbers, sent: sent, answered: .now)
            }
        }

        /// Where a request got a lower number than one that had been answered before it was sent.
        private static func disorder(_ requests: [Request]) -> [String] {
            let answered = requests.sorted { $0.answered < $1.answered }
            var (index, highest) = (0, Int64.min)
            var found: [String] = []
            for request in requests.sorted(by: { $0.sent < $1.sent }) {
                while index < answered.count, answered[index].answered < request.sent {
                    highest = max(highest, answered[index].numbers.max() ?? highest)
                    index += 1
                }
                if let lowest = request.numbers.min(), lowest <= highest {
                    found.append("\(lowest) was sent for after \(highest) had come")
                }
            }
            return found
        }
    }
}
