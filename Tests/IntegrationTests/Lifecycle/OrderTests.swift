import Foundation
import RESP
import TestSupport
import Testing

extension Lifecycle {
    /// A request that was sent after another was answered gets a higher number, seen from outside.
    @Suite struct OrderTests {
        @Test(arguments: Settings.turns)
        func manyConnectionsOnOneSequence(settings: [String]) async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(in: directory, settings)
            let port = server.port
            let each = TestEnvironment.isLong ? 2_000 : 200
            let requests = try await withThrowingTaskGroup { group in
                for client in 0..<64 {
                    group.addTask {
                        try await onThread {
                            try Self.take(each, of: ["one"], port: port, atOnce: client % 2 == 0 ? 1 : 8)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1["one"] ?? [] }
            }
            try await server.end()
            let isWhole = requests.map(\.number).sorted() == Array(1...Int64(64 * each))
            #expect(isWhole, "each number once, none left out")
            let disorder = Self.disorder(requests)
            print("64 connections, one sequence \(settings): \(requests.count) numbers, \(disorder.count) out of order")
            #expect(disorder.prefix(5) == [])
        }

        @Test func manySequencesOnOneConnection() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(in: directory, ["--set", "segment.min=50"])
            let port = server.port
            let names = (0..<64).map { "sequence-\($0)" }
            let each = TestEnvironment.isLong ? 5_000 : 500
            // A second connection, so that the first does not have the sequences for itself.
            let takings = try await withThrowingTaskGroup { group in
                for atOnce in [64, 1] {
                    group.addTask {
                        try await onThread { try Self.take(each * 64, of: names, port: port, atOnce: atOnce) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await server.end()
            for name in names {
                let own = takings.map { $0[name] ?? [] }
                for requests in own {
                    #expect(zip(requests, requests.dropFirst()).allSatisfy { $0.number < $1.number }, "\(name)")
                }
                let all = own.flatMap { $0 }
                let isWhole = all.map(\.number).sorted() == Array(1...Int64(2 * each))
                #expect(isWhole, "\(name): each number once, none left out")
                #expect(Self.disorder(all).prefix(5) == [], "\(name)")
            }
            print("64 sequences, one connection beside another: \(64 * 2 * each) numbers")
        }

        /// One number, with the times between which it was taken.
        struct Request: Sendable {
            let number: Int64
            let sent: ContinuousClock.Instant
            let answered: ContinuousClock.Instant
        }

        private static func take(
            _ count: Int, of names: [String], port: Int, atOnce: Int
        ) throws -> [String: [Request]] {
            let socket = try RedisSocket(port: port)
            var requests: [String: [Request]] = [:]
            var done = 0
            while done < count {
                let portion = (done..<min(done + atOnce, count)).map { names[$0 % names.count] }
                let sent = ContinuousClock.now
                try socket.send(portion.map { "INCR \($0)\r\n" }.joined())
                for name in portion {
                    guard let number = try socket.reply().asInteger else { throw Failure("not a number of \(name)") }
                    requests[name, default: []].append(Request(number: number, sent: sent, answered: .now))
                }
                done += portion.count
            }
            return requests
        }

        /// Where a request got a lower number than one that had been answered before it was sent.
        private static func disorder(_ requests: [Request]) -> [String] {
            let answered = requests.sorted { $0.answered < $1.answered }
            var (index, highest) = (0, Int64.min)
            var found: [String] = []
            for request in requests.sorted(by: { $0.sent < $1.sent }) {
                while index < answered.count, answered[index].answered < request.sent {
                    highest = max(highest, answered[index].number)
                    index += 1
                }
                if request.number <= highest {
                    found.append("\(request.number) was sent for after \(highest) had come")
                }
            }
            return found
        }
    }
}
