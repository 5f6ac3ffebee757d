import DatabaseServers
import NIOConcurrencyHelpers
import Ordinal
import OrdinalMySQL
import TestSupport
import Testing

@testable import OrdinalTakeover

/// A takeover that ends in the middle is run again.
@Suite struct InterruptionTests {
    private func example() async throws -> (OldDatabase, Takeover, TestStore) {
        let old = try await OldDatabase()
        try await old.makeIdgo()
        for number in 1...3 { try await old.addKey("key\(number)", UInt64(number * 1_000)) }
        return (old, try Takeover(of: .idgo, from: [try old.location]), try TestStore())
    }

    private static let ceilings: [String: Int64] = ["key1": 3_000, "key2": 4_000, "key3": 5_000]

    private func finish(_ old: OldDatabase, _ takeover: Takeover, _ store: TestStore) async throws {
        let result = try await takeover.run(into: store.sqlite)
        #expect(result.rows.count == 3)
        #expect(result.failures.isEmpty)
        #expect(try await store.ceilings == Self.ceilings)
        for number in 1...3 {
            #expect(try await old.errorCode(of: "UPDATE key\(number) SET id = id + 2000") == 1_146)
        }
        #expect(try await !old.with { try Takeover.holdsIdgo($0) })
    }

    private func fence(
        _ old: OldDatabase, _ body: @escaping @Sendable (inout TakenTables) throws -> Void
    ) async throws {
        try await old.with { connection in
            var taken = try TakenTables(LegacyDatabase(connection: connection, system: .idgo))
            try body(&taken)
        }
    }

    @Test func afterTheRegistryWasAnnounced() async throws {
        let (old, takeover, store) = try await example()
        try await fence(old) { _ = try $0.announce([IdgoTables.registry]) }
        try await old.run("CREATE TABLE ordinal_instead_of_idgo (taken_over_by_ordinal TINYINT)")
        #expect(try await old.idgoNext("key1") == 1_000)
        try await old.run("UPDATE key1 SET id = 1000")
        try await finish(old, takeover, store)
    }

    @Test func afterTheRegistryWasRenamed() async throws {
        let (old, takeover, store) = try await example()
        try await old.run("CREATE TABLE ordinal_instead_of_idgo (taken_over_by_ordinal TINYINT)")
        try await fence(old) { try $0.take(IdgoTables.registry, puttingInPlace: IdgoTables.standIn) }
        try await finish(old, takeover, store)
    }

    @Test func afterSomeKeysWereRenamedAndOthersAnnounced() async throws {
        let (old, takeover, store) = try await example()
        try await old.run("CREATE TABLE ordinal_instead_of_idgo (taken_over_by_ordinal TINYINT)")
        try await fence(old) { taken in
            try taken.take(IdgoTables.registry, puttingInPlace: IdgoTables.standIn)
            try taken.take([TableName("key1")])
            _ = try taken.announce([TableName("key2"), TableName("key3")])
        }
        let dry = try await takeover.run(into: store.sqlite, dryRun: true)
        #expect(dry.rows.map(\.highest) == [1_000, 2_000, 3_000])
        try await finish(old, takeover, store)
    }

    @Test func afterTheFence() async throws {
        let (old, takeover, store) = try await example()
        #expect(try await takeover.read(fencing: true).count == 3)
        try await finish(old, takeover, store)
    }

    @Test func afterSomeSequencesWereCreated() async throws {
        let (old, takeover, store) = try await example()
        var result = try await takeover.plan(for: try await takeover.read(fencing: true), in: store.sqlite)
        result.rows.removeLast(2)
        await takeover.perform(&result, in: store.sqlite) { _, _ in }
        #expect(try await store.ceilings == ["key1": 3_000])
        try await finish(old, takeover, store)
    }

    @Test func theReplyToACreateIsLost() async throws {
        let (old, takeover, store) = try await example()
        let faulty = FaultyStore(store.sqlite, .init(lostReplies: 3))
        let result = try await takeover.run(into: faulty)
        #expect(result.actions == ["key1": .created, "key2": .created, "key3": .created])
        #expect(faulty.faults.withLockedValue(\.lostReplies) <= -1)
        try await finish(old, takeover, store)
    }

    @Test func theStoreGoesAwayInBetween() async throws {
        let (old, takeover, store) = try await example()
        let result = try await takeover.run(into: FaultyStore(store.sqlite, .init(created: 1)))
        #expect(result.failures.count == 2)
        #expect(result.failures.allSatisfy { $0.action.isFailed })
        #expect(try await store.records.count == 1)
        try await finish(old, takeover, store)
    }

    @Test func aStoreThatIsAwayFencesNothing() async throws {
        let (old, takeover, store) = try await example()
        let before = try await old.content
        await #expect(throws: TakeoverError.self) {
            _ = try await takeover.run(into: FaultyStore(store.sqlite, .init(isAway: true)))
        }
        #expect(try await old.content == before)
    }

    @Test func aDatabaseThatIsAwayFencesNothing() async throws {
        let (old, _, store) = try await example()
        let before = try await old.content
        let away = try MySQLLocation("mysql://root:geheim@127.0.0.1:\(try freePort())/t_none")
        let takeover = try Takeover(of: .idgo, from: [try old.location, away])
        let error = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(error?.description.contains("geheim") == false)
        #expect(try await old.content == before)
    }

    /// More keys than one statement renames and more than are created at once.
    @Test func manyKeys() async throws {
        let old = try await OldDatabase()
        try await old.makeIdgo()
        try await old.with { connection in
            for number in 0..<300 {
                try connection.execute("INSERT INTO __idgo__ (k) VALUES (?)", [.text("key\(number)")])
                try connection.execute(
                    "CREATE TABLE key\(number) (id bigint(20) unsigned NOT NULL auto_increment PRIMARY KEY)")
                try connection.execute("INSERT INTO key\(number)(id) VALUES(\(number + 1))")
            }
        }
        let (takeover, store) = (try Takeover(of: .idgo, from: [try old.location], margin: 0), try TestStore())
        let result = try await takeover.run(into: store.sqlite)
        #expect(result.rows.allSatisfy { $0.action == .created })
        let ceilings = try await store.ceilings
        #expect(ceilings.count == 300)
        for number in 0..<300 { #expect(ceilings["key\(number)"] == Int64(number + 1)) }
    }
}
