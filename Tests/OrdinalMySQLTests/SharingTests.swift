import DatabaseServers
import Ordinal
import OrdinalMySQL
import TestServers
import Testing

/// Several nodes on one database.
@Suite struct SharingTests {
    @Test(arguments: ["MIXED", "STATEMENT", "ROW"])
    func fourNodesReserveAtOnce(format: String) async throws {
        let server = try await MariaDBServer.start("--log-bin=binlog", "--binlog-format=\(format)")
        try await withStores(4, on: server) { stores in
            let records = [try await stores[0].create("a"), try await stores[1].create("b")]
            let segments = try await atOnce(200) { index in
                try await stores[index % 4].reserve(Int64(index % 7 + 1), of: records[index / 4 % 2]).segment
            }
            for record in records {
                let own = segments.filter { $0.life == record.life }
                let numbers = own.flatMap { Array($0.first...$0.last) }.sorted()
                #expect(own.count == 100)
                #expect(numbers == Array(1...Int64(numbers.count)))
            }
        }
    }

    @Test(arguments: ["MIXED", "STATEMENT"])
    func twoNodesCreateTheSameNames(format: String) async throws {
        let server = try await MariaDBServer.start("--log-bin=binlog", "--binlog-format=\(format)")
        try await withStores(2, on: server) { stores in
            for index in 0..<100 {
                let name = SequenceName.sample("name \(index)")
                let outcomes = try await atOnce(6) { creator -> (life: Life, isNew: Bool)? in
                    do {
                        let record = try await stores[creator % 2].create(
                            name, life: .fresh, at: 0, options: .standard)
                        return (record.life, true)
                    } catch StoreError.exists(let record) {
                        return (record.life, false)
                    } catch StoreError.unavailable where format == "STATEMENT" {
                        // Locks on gaps: several creators may be each other's victims.
                        return nil
                    }
                }.compactMap(\.self)
                #expect(outcomes.filter(\.isNew).count <= 1)
                #expect(Set(outcomes.map(\.life)).count <= 1)
                if format != "STATEMENT" { #expect(outcomes.count == 6 && outcomes.contains(where: \.isNew)) }
            }
        }
    }

    @Test func whatOneEndsTheOtherCannotRevive() async throws {
        let server = try await MariaDBServer.start()
        try await withStores(3, on: server) { stores in
            for index in 0..<100 {
                let (name, life) = (SequenceName.sample("name \(index)"), Life.fresh)
                // The same creation arrives twice, and a deletion in between or after.
                async let first = try? stores[0].create(name, life: life, at: 0, options: .standard)
                async let second = try? stores[1].create(name, life: life, at: 0, options: .standard)
                async let deleted = try? stores[2].delete(name, life: life)
                let (_, _, wasDeleted) = await (first, second, deleted)
                let live = try await stores[0].live(name)
                #expect((live == nil) == (wasDeleted == true), "\(name): deleted \(String(describing: wasDeleted))")
            }
        }
    }

    @Test func deletionsAndRestartsAtOnceAreHeardOfWithoutAGap() async throws {
        let server = try await MariaDBServer.start()
        try await withStores(3, on: server) { stores in
            let mark = try await stores[2].changes(since: nil).mark
            var records: [SequenceRecord] = []
            for index in 0..<120 { records.append(try await stores[0].create("\(index)")) }
            let all = records
            let listener = Task {
                var (mark, heard) = (mark, [Changes.Change]())
                while heard.count < all.count {
                    let changes = try await stores[2].changes(since: mark)
                    mark = changes.mark
                    heard += changes.changes
                }
                return heard
            }
            _ = try await atOnce(all.count) { index in
                let record = all[index]
                if index % 2 == 0 {
                    _ = try await stores[index / 2 % 2].delete(record.name, life: record.life)
                } else {
                    _ = try await stores[index / 2 % 2].restart(
                        record.name, from: record.life, to: .fresh, at: 0, options: .standard)
                }
            }
            let heard = try await listener.value
            #expect(heard.count == all.count)
            #expect(Set(heard) == Set(all.map { .ended($0.name, $0.life) }))
        }
    }

    @Test func tablesMadeByManyNodesAtOnce() async throws {
        let server = try await MariaDBServer.start()
        try await withStores(6, on: server) { stores in
            let ids = try await atOnce(6) { index in
                try await stores[index].prepare()
                return try await stores[index].status().id
            }
            #expect(Set(ids).count == 1)
        }
    }

    @Test func namesAndLargeNumbersAsTheyAre() async throws {
        let server = try await MariaDBServer.shared
        let store = MySQLStore(try server.location(try await server.makeDatabase(), "timeout=30s"))
        let names = [
            "café", "cafe", "cafe\u{301}", "Foo", "foo", "foo ", "foo  ", "ß", "ss", "'; DROP TABLE ordinal_meta; --",
            String(repeating: "x", count: 254) + "y", String(repeating: "x", count: 254) + "z", "\\", "%", "_",
        ]
        var records: [SequenceRecord] = []
        for (index, name) in names.enumerated() {
            records.append(try await store.create(name, at: SequenceOptions.highestNumber - 1_000 + Int64(index)))
        }
        for record in records {
            #expect(try await store.live(record.name) == record)
            #expect(try await store.reserve(1, of: record).segment.first == record.ceiling + 1)
        }
        #expect(try await store.list(after: nil, limit: 100).map(\.name) == records.map(\.name).sorted())
        let last = try await store.reserve(1_000_000, of: records[0]).segment
        #expect(last.last == SequenceOptions.highestNumber)
        #expect(try await store.live(records[0].name)?.ceiling == SequenceOptions.highestNumber)
        await store.close()
    }

    private func withStores(_ count: Int, on server: MariaDBServer, _ body: ([MySQLStore]) async throws -> Void)
        async throws
    {
        let database = try await server.makeDatabase()
        let stores = try (0..<count).map { _ in MySQLStore(try server.location(database, "timeout=30s")) }
        var failure: (any Error)?
        do { try await body(stores) } catch { failure = error }
        for store in stores { await store.close() }
        if let failure { throw failure }
    }
}
