import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// A store that hangs or is gone.
    @Suite struct StoreAwayTests {
        /// How a store goes away.
        enum Way: String, CustomTestStringConvertible {
            case frozen, killed
            var testDescription: String { rawValue }

            func begin(_ server: any TestServer) {
                switch self {
                case .frozen: server.freeze()
                case .killed: server.kill()
                }
            }

            func end(_ server: any TestServer) async throws {
                switch self {
                case .frozen: server.thaw()
                case .killed: try await server.start()
                }
            }
        }

        /// Numbers for the runway, then errors for everybody at once, then numbers again.
        @Test(arguments: [StoreKind.mariaDB, .redis], [Way.frozen, .killed])
        func awayForLongerThanTheRunway(kind: StoreKind, way: Way) async throws {
            let (server, store) = try await StoreServers.start(kind)
            let node = try await Node.start(on: store, ["segment.min=100", "runway=3s", "wait=2s"])
            let notebook = Notebook()
            let (busy, healthy) = (try node.client(), try node.client())
            try await onThread { [steady = SendableSocket(busy)] in
                // 1,000 numbers a second, until the segments have the size for that.
                try steady.take(4_000, of: "busy", in: .seconds(4), noting: notebook)
            }
            for _ in 0..<5 { notebook.note(try healthy.command("INCR", "healthy"), of: "healthy") }

            way.begin(server)
            try await onThread { [steady = SendableSocket(busy)] in
                try steady.take(2_500, of: "busy", in: .milliseconds(2_500), noting: notebook)
            }
            #expect(notebook.refused == 0, "for most of the runway nobody notices: \(notebook.refusals)")
            let rest = try await onThread { [rest = SendableSocket(busy)] in try rest.takeAll(of: "busy", notebook) }
            let title = "\(kind.rawValue) \(way.rawValue)"
            print("\(title): 2500 numbers while the store was away, then \(rest) more at once")

            // Fifty who ask at once get their error at once, and others are served meanwhile.
            let begin = ContinuousClock.now
            async let waiting = onThreads(50) { _ in
                let socket = try node.client()
                let reply = try socket.command("INCR", "busy")
                return (reply, ContinuousClock.now - begin)
            }
            var served: [Duration] = []
            for _ in 0..<20 {
                let asked = ContinuousClock.now
                notebook.note(try healthy.command("INCR", "healthy"), of: "healthy")
                served.append(.now - asked)
                try await Task.sleep(for: .milliseconds(50))
            }
            let ends = try await waiting
            for (reply, time) in ends {
                guard case .error(let error) = reply else { throw Failure("not an error: \(reply)") }
                #expect("\(error)".hasPrefix("TRYAGAIN no number within 2"))
                #expect(time >= .milliseconds(1_900) && time < .seconds(3))
            }
            let times = ends.map(\.1).sorted()
            #expect(times[49] - times[0] < .seconds(1), "all at once and not one after another")
            #expect(try #require(served.median) < .milliseconds(50))
            print("\(title): 50 errors between \(times[0]) and \(times[49]); others within \(served.max()!)")
            #expect(try await node.count("waits_timed_out") >= 51)
            #expect(try await node.count("store_available") == 0)

            try await way.end(server)
            let back = ContinuousClock.now
            try await eventually("numbers again", within: .seconds(2)) {
                let reply = try await node.send("INCR", "busy")
                notebook.note(reply, of: "busy")
                return reply.asInteger != nil
            }
            print("\(title): numbers again after \(ContinuousClock.now - back)")
            notebook.note(try healthy.command("INCR", "healthy"), of: "healthy")
            try notebook.take(3_000, of: "busy", on: busy)
            notebook.expectSound("away and back, \(title)")
            // Redis that was started anew is another one, which may have lost something.
            let isAnother = kind == .redis && way == .killed
            #expect((try await node.count("store_went_back") > 0) == isAnother)
        }

        /// The store goes and comes under load, and nodes are killed while it is away.
        @Test(arguments: [Way.frozen, .killed])
        func nodesAreKilledWhileItIsAway(way: Way) async throws {
            let server = try await MariaDBServer.start()
            let nodes = try await Node.start(
                2, on: server.url(try await server.makeDatabase(), timeout: "500ms"),
                [
                    "segment.min=50", "segment.max=500", "runway=1s", "wait=1s",
                ])
            let notebook = Notebook()
            let crowd = Crowd(6, on: nodes, noting: notebook)
            for round in 0..<3 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 200...500)))
                way.begin(server)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...700)))
                try await nodes[round % 2].kill()
                try await nodes[round % 2].start()
                try await way.end(server)
                let count = notebook.count
                try await eventually("numbers again") { notebook.count > count + 500 }
            }
            try await crowd.stop()
            notebook.expectSound("nodes killed with the store \(way.rawValue)")
        }

        /// A commit whose reply never came is a gap, and nothing else.
        @Test(arguments: [StoreKind.mariaDB, .redis])
        func theStoreIsKilledUnderLoad(kind: StoreKind) async throws {
            let (server, store) = try await StoreServers.start(kind)
            let nodes = try await Node.start(2, on: store, ["segment.size=20", "wait=1s"])
            let notebook = Notebook()
            let crowd = Crowd(8, on: nodes, noting: notebook, pause: .zero)
            for _ in 0..<4 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...400)))
                server.kill()
                try await server.start()
                let count = notebook.count
                try await eventually("numbers again", within: .seconds(3)) { notebook.count > count + 100 }
            }
            try await crowd.stop()
            notebook.expectSound("\(kind.rawValue) killed under load")
        }

        /// Nobody who is filled waits behind names that nobody knows.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB])
        func unknownNamesHoldNobodyUp(kind: StoreKind) async throws {
            let (mariaDB, redis) = (try await MariaDBServer.start(), try await RedisServer.start())
            let below = mariaDB.url(try await mariaDB.makeDatabase())
            let store =
                switch kind {
                case .mariaDB: below
                case .redis: redis.url()
                case .redisOverMariaDB, .redisOverSQLite: "\(redis.url()) over \(below)"
                }
            let node = try await Node.start(on: store, ["wait=2s"])
            let filled = try node.client()
            var last = try filled.number("INCR", "filled")
            (kind == .mariaDB ? mariaDB.freeze() : redis.freeze())
            if kind == .redisOverMariaDB { mariaDB.freeze() }
            async let unknown = onThreads(4) { try node.client().command("INCR", "unknown \($0)") }
            var times: [Duration] = []
            for _ in 0..<20 {
                let begin = ContinuousClock.now
                let number = try filled.number("INCR", "filled")
                times.append(.now - begin)
                #expect(number == last + 1)
                last = number
                try await Task.sleep(for: .milliseconds(50))
            }
            print("\(kind.rawValue) frozen: median \(times.median!), longest \(times.max()!)")
            #expect(try #require(times.median) < .milliseconds(50))
            for reply in try await unknown {
                guard case .error(let error) = reply else { throw Failure("not an error: \(reply)") }
                #expect("\(error)".hasPrefix("TRYAGAIN"))
            }
            mariaDB.thaw()
            redis.thaw()
        }

        /// The program starts without its database, says so, and serves as soon as it is there.
        @Test func awayAtTheStart() async throws {
            let server = try await MariaDBServer.make()
            let node = try await Node.start(on: server.url("t_later"), ["wait=500ms"])
            #expect(try await node.send("PING") == .simple("PONG"))
            #expect(try await node.error("INCR", "a").hasPrefix("TRYAGAIN no number within 0.5"))
            #expect(try await node.error("SET", "a", "1").hasPrefix("TRYAGAIN"))
            #expect(try await node.count("store_available") == 0)
            #expect(node.said(" error ", "the store is away: numbers are handed out as soon as it is there"))
            #expect(!node.log.contains(MariaDBServer.password) && !node.log.contains("p%40ss"))
            try await server.start()
            try await server.sql("CREATE DATABASE t_later")
            try await eventually("it serves", within: .seconds(2)) {
                try await node.send("INCR", "a").asInteger == 1
            }
            #expect(try await node.count("store_available") == 1)
        }

        /// Somebody else's port, with a store that is no file: the program ends and says why.
        @Test(arguments: [StoreKind.mariaDB, .redis])
        func aBusyPort(kind: StoreKind) async throws {
            let store = try await kind.make()
            let node = try await Node.start(on: store)
            let address = "127.0.0.1:\(node.port)"
            let directory = try TemporaryDirectory()
            let result = try await ordinal("serve", "--redis", address, "--store", store, in: directory)
            #expect(result.status != 0)
            #expect(result.errors.contains("cannot listen on \(address)"))
            #expect(try await node.number("INCR", "a") == 1)
        }

        /// DEL answers an error, and what it could not delete goes on.
        @Test func deletedWhileAway() async throws {
            let server = try await MariaDBServer.start()
            let nodes = try await Node.start(2, on: server.url(try await server.makeDatabase()))
            #expect(try await nodes[0].send("SET", "a", "100") == .simple("OK"))
            #expect(try await nodes[0].number("GET", "a") == 101)
            server.kill()
            #expect(try await nodes[0].error("DEL", "a").contains("nothing was changed"))
            #expect(try await nodes[0].number("GET", "a") == 102, "it is still in memory")
            try await server.start()
            try await eventually("the other node reaches the store") {
                try await nodes[1].send("EXISTS", "a") == .integer(1)
            }
            #expect(try await nodes[1].number("GET", "a") > 102)
            #expect(try await nodes[0].number("GET", "a") == 103)
        }

        /// A DEL without an answer may have happened: it says so, and both nodes end up with the same.
        @Test func deletedWhileFrozen() async throws {
            let server = try await MariaDBServer.start()
            let nodes = try await Node.start(2, on: server.url(try await server.makeDatabase()), ["wait=2s"])
            let notebook = Notebook()
            #expect(try await nodes[0].send("SET", "a", "100") == .simple("OK"))
            for node in nodes { notebook.note(try await node.send("GET", "a"), of: "a", after: 100) }
            server.freeze()
            let error = try await nodes[0].error("DEL", "a")
            #expect(error.contains("it may have happened or not") || error.contains("nothing was changed"))
            server.thaw()
            try await eventually("both nodes agree", within: .seconds(5)) {
                var replies: [RESPValue] = []
                for node in nodes { replies.append(try await node.send("EXISTS", "a")) }
                return replies[0].asInteger != nil && replies[0] == replies[1]
            }
            for node in nodes where try await node.send("EXISTS", "a") == .integer(1) {
                notebook.note(try await node.send("GET", "a"), of: "a", after: 100)
            }
            notebook.expectSound("DEL while frozen: \(error)", atLeast: 2)
        }

        /// What arrived together waits together, on one connection too.
        @Test func pipelinedRequestsGiveUpTogether() async throws {
            let server = try await MariaDBServer.start()
            let node = try await Node.start(
                on: server.url(try await server.makeDatabase(), timeout: "500ms"), ["wait=2s", "segment.size=10"])
            // So short a limit is over once in a while on a machine that has much to do.
            try await eventually("the sequence is open") { try await node.send("INCR", "a").asInteger != nil }
            server.freeze()
            let time = try await onThread {
                let socket = try node.client()
                let begin = ContinuousClock.now
                try socket.send(String(repeating: "INCR a\r\n", count: 29))
                for _ in 0..<29 { _ = try socket.reply() }
                return ContinuousClock.now - begin
            }
            print("29 pipelined requests: \(time)")
            #expect(time < .seconds(5), "one after another they would take forty seconds")
        }
    }
}

/// A connection that goes to another thread for a while.
///
/// `@unchecked Sendable`: whoever hands it over waits until the work is done.
private final class SendableSocket: @unchecked Sendable {
    private let socket: RedisSocket
    init(_ socket: RedisSocket) { self.socket = socket }

    /// Takes numbers at an even pace.
    func take(_ count: Int, of name: String, in time: Duration, noting notebook: Notebook) throws {
        let begin = ContinuousClock.now
        for taken in stride(from: 0, to: count, by: 10) {
            let due = begin + time * (Double(taken) / Double(count))
            let early = ContinuousClock.now.duration(to: due)
            if early > .zero { Thread.sleep(forTimeInterval: early / .seconds(1)) }
            try socket.send(String(repeating: "INCR \(name)\r\n", count: 10))
            for _ in 0..<10 { notebook.note(try socket.reply(), of: name) }
        }
    }

    /// Takes numbers until there is none. Answers how many there were.
    func takeAll(of name: String, _ notebook: Notebook) throws -> Int {
        for taken in 0..<1_000_000 {
            let reply = try socket.command("INCR", name)
            notebook.note(reply, of: name)
            if reply.asInteger == nil { return taken }
        }
        throw Failure("\(name) never ends")
    }
}
