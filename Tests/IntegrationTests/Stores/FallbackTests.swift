import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// Numbers for those who waited in vain.
    @Suite struct FallbackTests {
        private static let mark: Int64 = 1 << 62

        /// Waits until so many starts of nodes were numbered: without such a number there is no fallback.
        private func waitForStartNumbers(_ count: Int64, of node: Node) async throws {
            try await eventually("\(count) start numbers", within: .seconds(10)) {
                let name = "ordinal:fallback-starts"
                return try await node.ceiling(of: name) - node.origin(of: name) >= count
            }
            // The store's reply to the last one reaches its node before that of two calls more.
            for _ in 0..<2 { #expect(try await node.count("store_available") == 1) }
        }

        @Test(arguments: [StoreKind.mariaDB, .redis])
        func numbersOfNoSequence(kind: StoreKind) async throws {
            let (mariaDB, redis) = (try await MariaDBServer.start(), try await RedisServer.start())
            let store =
                kind == .redis
                ? redis.url(timeout: "300ms")
                : mariaDB.url(try await mariaDB.makeDatabase(), timeout: "300ms")
            let nodes = try await Node.start(
                2, on: store, ["fallback=all", "segment.size=50", "wait=500ms"])
            let (notebook, fallback) = (Notebook(), Notebook())
            for round in 0..<2 as Range<Int64> {
                try await waitForStartNumbers((round + 1) * 2, of: nodes[1])
                for node in nodes { try notebook.take(100, of: "a", on: try node.client()) }
                mariaDB.freeze()
                redis.freeze()
                for node in nodes {
                    let replies = try await onThreads(20) { index in
                        let socket = try node.client()
                        return try (0..<10).map { _ in try socket.command("INCR", ["a", "b"][index % 2]) }
                    }.flatMap(\.self)
                    let (late, ordinary) = replies.reduce(into: ([RESPValue](), [RESPValue]())) { parts, reply in
                        if reply.asInteger ?? 0 >= Self.mark { parts.0.append(reply) } else { parts.1.append(reply) }
                    }
                    // Whatever the sequence, no two are equal. What was in hand came first.
                    for reply in late { fallback.note(reply, of: "all sequences", after: Self.mark - 1) }
                    for reply in ordinary { notebook.note(reply, of: "a") }
                    #expect(late.count >= 150)
                    #expect(try await node.count("fallback_numbers") == late.count)
                    // One line a second, of whichever sequence came first in it.
                    #expect(node.said(" warning ", "numbers from the fallback range", "sequence=", "others="))
                }
                mariaDB.thaw()
                redis.thaw()
                for node in nodes {
                    try await eventually("ordinary numbers again", within: .seconds(5)) {
                        let reply = try await node.send("INCR", "a")
                        (reply.asInteger ?? 0 < Self.mark ? notebook : fallback).note(reply, of: "all sequences")
                        return reply.asInteger ?? .max < Self.mark
                    }
                }
                guard round == 0 else { break }
                // One in good order, one not: both get a start number of their own.
                try await nodes[0].stop()
                try await nodes[1].kill()
                for node in nodes { try await node.start() }
            }
            notebook.expectSound("ordinary numbers with fallback, \(kind.rawValue)", atLeast: 400)
            fallback.expectSound("fallback numbers, \(kind.rawValue)", atLeast: 600)
            #expect(notebook.refused == 0 && fallback.refused == 0, "\(notebook.refusals) \(fallback.refusals)")
        }

        /// A node that starts while the store is away has no start number yet, and makes none up.
        @Test func noStartNumberNoFallback() async throws {
            let server = try await MariaDBServer.make()
            let node = try await Node.start(on: server.url("t_later"), ["fallback=all", "wait=500ms"])
            #expect(try await node.error("INCR", "a").hasPrefix("TRYAGAIN"))
            try await server.start()
            try await server.sql("CREATE DATABASE t_later")
            try await eventually("it serves", within: .seconds(2)) { try await node.send("INCR", "a").asInteger == 1 }
            // It gets one as soon as the store is there.
            try await waitForStartNumbers(1, of: node)
            server.freeze()
            #expect(try await node.number("INCR", "unknown") >= Self.mark)
            #expect(
                node.said(" warning ", "numbers from the fallback range", "sequence=unknown", "count=1", "others=0"))
            server.thaw()
        }

        /// Whoever sent several commands at once, or one for several sequences, waits for them together.
        @Test func oneWaitForAllThatCameTogether() async throws {
            let server = try await MariaDBServer.start()
            let store = server.url(try await server.makeDatabase(), timeout: "300ms")
            let node = try await Node.start(on: store, ["fallback=all", "wait=1s"])
            try await waitForStartNumbers(1, of: node)
            server.freeze()
            let (replies, took) = try await onThread {
                let socket = try node.client()
                let begin = ContinuousClock.now
                try socket.send((0..<10).map { "INCR piped\($0)\r\n" }.joined() + "MGET a b c d e f g h\r\n")
                let replies = try (0..<11).map { _ in try socket.reply() }
                return (replies, ContinuousClock.now - begin)
            }
            server.thaw()
            guard case .array(let each) = replies[10] else { throw Failure("MGET: \(replies[10])") }
            let numbers = (replies[..<10] + each).map { $0.asInteger ?? 0 }
            #expect(numbers.allSatisfy { $0 >= Self.mark } && Set(numbers).count == 18, "\(numbers)")
            #expect(took > .seconds(1) && took < .seconds(5), "one second, and not eighteen: \(took)")
        }

        /// Only for those sequences that are named; by default for none.
        @Test(arguments: [[], ["fallback=chosen"]])
        func errorsForTheOthers(settings: [String]) async throws {
            let server = try await MariaDBServer.start()
            let store = server.url(try await server.makeDatabase(), timeout: "300ms")
            let node = try await Node.start(on: store, ["wait=500ms"] + settings)
            #expect(try await node.number("INCR", "a") == 1)
            if !settings.isEmpty { try await waitForStartNumbers(1, of: node) }
            server.freeze()
            #expect(try await node.error("INCR", "other").hasPrefix("TRYAGAIN no number within 0.5"))
            if settings.isEmpty {
                #expect(try await node.error("INCR", "chosen").hasPrefix("TRYAGAIN"))
            } else {
                #expect(try await node.number("INCR", "chosen") >= Self.mark)
            }
            #expect(try await node.count("fallback_numbers") == (settings.isEmpty ? 0 : 1))
            server.thaw()
        }
    }
}
