import Foundation
import RESP
import TestSupport
import Testing

extension Stores {
    /// Several nodes on one store.
    @Suite struct SharedStoreTests {
        /// In every round one node is killed under load and started again; its clients go on there.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB], [2, 4])
        func nodesAreKilledUnderLoad(kind: StoreKind, count: Int) async throws {
            let store = try await kind.make()
            let nodes = try await Node.start(count, on: store, ["segment.min=50", "segment.max=1000", "runway=1s"])
            let notebook = Notebook()
            let crowd = Crowd(8, on: nodes, noting: notebook)
            for round in 0..<6 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...400)))
                try await nodes[round % count].kill()
                try await nodes[round % count].start()
            }
            try await crowd.stop()
            notebook.expectSound("\(count) nodes on \(kind.rawValue), killed")
            #expect(notebook.refused == 0, "\(notebook.refusals)")
            for node in nodes { #expect(try await node.count("store_went_back") == 0, "nothing is left out in vain") }
        }

        /// What one node is told, the other knows.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB])
        func whatIsSetOnOneNodeIsKnownOnTheOther(kind: StoreKind) async throws {
            let nodes = try await Node.start(2, on: try await kind.make())
            #expect(try await nodes[1].number("GET", "a") == 0)
            #expect(try await nodes[0].send("SET", "a", "100") == .simple("OK"))
            #expect(try await nodes[0].number("GET", "a") == 101)
            #expect(try await nodes[1].number("GET", "a") > 101)
            #expect(try await nodes[0].number("GET", "a") == 102)
            #expect(try await nodes[1].send("EXISTS", "a") == .integer(1))
        }

        /// Each of two first SETs at once either makes the sequence or moves what the other one made.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB])
        func firstSetsRace(kind: StoreKind) async throws {
            let nodes = try await Node.start(2, on: try await kind.make())
            let notebook = Notebook()
            for round in 0..<20 {
                let name = "raced \(round)"
                let replies = try await onThreads(2) { index in
                    (index, try nodes[index].client().command("SET", name, index == 0 ? "1000" : "2000"))
                }.sorted { $0.0 < $1.0 }.map(\.1)
                #expect(replies[1] == .simple("OK"), "2000 is above 1000, whoever comes first")
                if case .error(let error) = replies[0] {
                    #expect("\(error)".contains("1000 is below 2000"))
                } else {
                    #expect(replies[0] == .simple("OK"))
                }
                for node in nodes { notebook.note(try await node.send("GET", name), of: name, after: 1_000) }
                #expect(notebook.highest(of: name) > 2_000)
            }
            // The later of the SETs holds everywhere, as soon as both have heard.
            for round in 0..<20 {
                for node in nodes {
                    try await eventually("2000 is passed", within: .seconds(2)) {
                        let reply = try await node.send("GET", "raced \(round)")
                        notebook.note(reply, of: "raced \(round)", after: 1_000)
                        return reply.asInteger ?? 0 > 2_000
                    }
                }
            }
            notebook.expectSound("racing SETs on \(kind.rawValue)", atLeast: 80)
        }

        /// After DEL on one node the other stops, although it has numbers in hand.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB])
        func whatIsDeletedOnOneNodeEndsOnTheOther(kind: StoreKind) async throws {
            let nodes = try await Node.start(2, on: try await kind.make())
            #expect(try await nodes[0].send("SET", "a", "5000") == .simple("OK"))
            for node in nodes { #expect(try await node.number("GET", "a") > 5_000) }
            #expect(try await nodes[0].send("DEL", "a") == .integer(1))
            #expect(try await nodes[0].number("GET", "a") == 0)
            try await eventually("the other node hears of it", within: .seconds(2)) {
                try await nodes[1].number("GET", "a") == 0
            }
            // The next life begins anew, on both.
            let notebook = Notebook()
            for _ in 0..<10 { for node in nodes { notebook.note(try await node.send("INCR", "a"), of: "a") } }
            #expect(notebook.highest(of: "a") < 5_000)
            notebook.expectSound("a new life on \(kind.rawValue)", atLeast: 20)
        }

        /// The same for a life that is over because another begins.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB])
        func aNewLifeOnOneNodeIsHeardOfOnTheOther(kind: StoreKind) async throws {
            let nodes = try await Node.start(2, on: try await kind.make())
            for node in nodes { #expect(try await node.number("INCR", "a") > 0) }
            #expect(try await nodes[0].send("SET", "a", "1000000", "FORCE") == .simple("OK"))
            #expect(try await nodes[0].number("INCR", "a") == 1_000_001)
            try await eventually("the other node hears of it", within: .seconds(2)) {
                try await nodes[1].number("INCR", "a") > 1_000_001
            }
        }

        /// Nothing that a clean stop has in hand is lost, whatever the store.
        @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB, .redisOverSQLite])
        func aCleanRestartLosesNoNumber(kind: StoreKind) async throws {
            let node = try await Node.start(on: try await kind.make())
            var next: Int64 = 1
            for _ in 0..<3 {
                let socket = try node.client()
                for _ in 0..<1_500 {
                    #expect(try socket.number("INCR", "a") == next)
                    next += 1
                }
                socket.close()
                try await node.stop()
                try await node.start()
            }
            #expect(try await node.number("INCR", "a") == next)
        }
    }
}
