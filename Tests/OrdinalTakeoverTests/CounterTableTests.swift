import OrdinalMySQL
import OrdinalTakeover
import Testing

/// Leaf and tinyid.
@Suite struct CounterTableTests {
    @Test func leaf() async throws {
        let (old, store) = (try await OldDatabase(), try TestStore())
        try await old.makeLeaf()
        try await old.addLeaf("orders", 40_001)
        try await old.addLeaf("café", 7)
        let takeover = try Takeover(of: .leaf, from: [try old.location])
        let before = try await old.content
        let dry = try await takeover.run(into: store.sqlite, dryRun: true)
        #expect(dry.actions == ["orders": .create, "café": .create])
        #expect(try await old.content == before)
        #expect(try await store.records.isEmpty)

        let result = try await takeover.run(into: store.sqlite)
        #expect(result.actions == ["orders": .created, "café": .created])
        #expect(try await store.next("orders") == 40_002)
        #expect(
            try await old.errorCode(of: "UPDATE leaf_alloc SET max_id = max_id + step WHERE biz_tag = 'x'") == 1_146)
        #expect(try await old.errorCode(of: "SELECT biz_tag FROM leaf_alloc") == 1_146)

        let again = try await takeover.run(into: store.sqlite)
        #expect(again.actions == ["orders": .alreadyTakenOver, "café": .alreadyTakenOver])
        #expect(again.failures.isEmpty)

        // Somebody put a backup back, and Leaf went on from it.
        try await old.makeLeaf()
        try await old.addLeaf("orders", 40_002)
        let late = try await takeover.run(into: store.sqlite)
        #expect(late.failures.map(\.name) == ["orders"])
        #expect(try late.row("orders").action.isConflict)
        #expect(try await store.ceilings["orders"] == 40_002)
    }

    @Test func leafValuesThatAreNone() async throws {
        let (old, store) = (try await OldDatabase(), try TestStore())
        try await old.makeLeaf()
        try await old.addLeaf("", 5)
        try await old.addLeaf("negative", -5)
        try await old.addLeaf("far", .max)
        try await old.addLeaf("tab\tbed", 5)
        try await old.addLeaf("good", 5)
        let result = try await Takeover(of: .leaf, from: [try old.location], margin: 10).run(into: store.sqlite)
        #expect(Set(result.failures.map(\.name)) == ["", "far", "tab\\x09bed"])
        #expect(try await store.ceilings == ["good": 15, "negative": 10])
    }

    @Test func aTableOfAnotherProgram() async throws {
        let (old, store) = (try await OldDatabase(), try TestStore())
        let takeover = try Takeover(of: .leaf, from: [try old.location])
        let none = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(none?.description.contains("no table leaf_alloc") == true)
        try await old.run("CREATE TABLE leaf_alloc (biz_tag INT, maximum INT)")
        let other = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(other?.description.contains("no column max_id") == true)
        #expect(try await old.tables == ["leaf_alloc"])
    }

    @Test func tinyidInTwoDatabases() async throws {
        let (first, second, store) = (try await OldDatabase(), try await OldDatabase(), try TestStore())
        for old in [first, second] { try await old.makeTinyid() }
        try await first.addTinyid("orders", 30_001, delta: 2, remainder: 0)
        try await second.addTinyid("orders", 50_001, delta: 2, remainder: 1)
        try await first.addTinyid("alone", 9, delta: 2, remainder: 1)
        try await second.addTinyid("plain", 1_001)
        let takeover = try Takeover(of: .tinyid, from: [try first.location, try second.location])
        let before = [try await first.content, try await second.content]
        #expect(
            try await takeover.run(into: store.sqlite, dryRun: true).rows.map(\.action) == [.create, .create, .create])
        #expect([try await first.content, try await second.content] == before)

        let result = try await takeover.run(into: store.sqlite)
        #expect(result.actions == ["orders": .created, "alone": .created, "plain": .created])
        #expect(try await store.next("orders") == 50_002)
        #expect(try await store.next("orders") == 50_003)
        #expect(try result.row("orders").notes.contains { $0.contains("in 2 databases") })
        #expect(try result.row("orders").notes.contains { $0.contains("increment 1") })
        #expect(try !result.row("orders").notes.contains { $0.contains("--from") })
        #expect(try result.row("alone").notes.contains { $0.contains("--from") })
        #expect(try result.row("plain").notes.isEmpty)
        for old in [first, second] {
            #expect(try await old.errorCode(of: "SELECT max_id FROM tiny_id_info WHERE biz_type = 'orders'") == 1_146)
        }
        #expect(
            try await takeover.run(into: store.sqlite).rows.map(\.action)
                == [.alreadyTakenOver, .alreadyTakenOver, .alreadyTakenOver])

        // The second database comes back and goes on; the first alone would show nothing.
        try await second.makeTinyid()
        try await second.addTinyid("orders", 60_001, delta: 2, remainder: 1)
        let late = try await takeover.run(into: store.sqlite)
        #expect(late.failures.map(\.name) == ["orders"])
    }

    @Test func tinyidAfterTheFence() async throws {
        let (old, store) = (try await OldDatabase(), try TestStore())
        try await old.makeTinyid()
        try await old.addTinyid("orders", 1 << 53 + 1)
        // It ended between the fence and the store.
        await #expect(throws: TakeoverError.self) {
            let faulty = FaultyStore(store.sqlite, .init(failingFinds: 100))
            _ = try await Takeover(of: .tinyid, from: [try old.location]).run(into: faulty)
        }
        #expect(try await old.errorCode(of: "SELECT max_id FROM tiny_id_info") == 1_146)
        let result = try await Takeover(of: .tinyid, from: [try old.location]).run(into: store.sqlite)
        #expect(result.actions == ["orders": .created])
        #expect(try await store.next("orders") == 1 << 53 + 2)
    }
}
