import Ordinal
import OrdinalMySQL
import OrdinalTakeover
import Testing

/// Keys as they are found in real databases.
@Suite struct IdgoKeyTests {
    private func run(
        _ prepare: (OldDatabase) async throws -> Void
    ) async throws -> (old: OldDatabase, result: TakeoverResult, store: TestStore) {
        let (old, store) = (try await OldDatabase(), try TestStore())
        try await old.makeIdgo()
        try await prepare(old)
        let takeover = try Takeover(of: .idgo, from: [try old.location])
        let dry = try await takeover.run(into: store.sqlite, dryRun: true)
        let result = try await takeover.run(into: store.sqlite)
        // The dry run tells the same.
        #expect(dry.rows.map(\.highest) == result.rows.map(\.highest))
        #expect(dry.rows.map(\.action.isFailure) == result.rows.map(\.action.isFailure))
        // Another run finds the renamed tables, whatever they were called.
        let again = try await takeover.run(into: store.sqlite)
        #expect(again.rows.map(\.highest) == result.rows.map(\.highest))
        #expect(again.rows.allSatisfy { $0.action != .created })
        return (old, result, store)
    }

    private static let long = String(repeating: "l", count: 64)
    private static let accented = "a`\u{301}b; DROP TABLE x"

    @Test func keysThatAreNoPlainIdentifiers() async throws {
        let keys = ["order", "123", "user-id", "user:id", "a`b", "`", Self.long, Self.accented, "日本", "a b", "it's"]
        let (old, result, store) = try await run { old in
            for (index, key) in keys.enumerated() { try await old.addKey(key, UInt64(1_000 * (index + 1))) }
        }
        #expect(result.rows.count == keys.count)
        for (index, key) in keys.enumerated() {
            #expect(try result.row(key).action == .created)
            #expect(try await store.next(key) == Int64(1_000 * (index + 1) + 2_000 + 1))
        }
        #expect(try await old.tables.filter { $0.contains("__taken_") }.count == keys.count + 1)
        #expect(try await old.tables.count == keys.count + 3)
        #expect(try await old.tables.allSatisfy { $0.unicodeScalars.count <= 64 })
    }

    /// idgo puts keys into statements as they are: whoever wanted the key `order` had to write the backticks himself.
    @Test func keysWithBackticksRoundThem() async throws {
        let (old, result, _) = try await run { old in
            try await old.addKey("`order`", 5, table: "order")
            try await old.addKey("`a``b`", 6, table: "a`b")
            try await old.addKey(" padded ", 7, table: "padded")
        }
        #expect(result.actions == ["`order`": .created, "`a``b`": .created, " padded ": .created])
        #expect(try result.row(" padded ").highest == 7)
        #expect(try result.row("`order`").highest == 5)
        #expect(try result.row("`a``b`").highest == 6)
        #expect(try await old.errorCode(of: "SELECT id FROM `order` FOR UPDATE") == 1_146)
    }

    @Test func halfRegisteredKeysAreSkipped() async throws {
        let (old, result, store) = try await run { old in
            try await old.addKey("good", 10)
            try await old.run("INSERT INTO __idgo__ (k) VALUES ('user-id'), (?)", [.text(Self.long + "l")])
            try await old.addKey("empty", nil)
        }
        #expect(try result.row("user-id").action.isSkipped)
        #expect(try result.row(Self.long + "l").action.isSkipped)
        #expect(try result.row("empty").action.isSkipped)
        #expect(result.failures.isEmpty)
        #expect(try await store.ceilings == ["good": 2_010])
        #expect(try await old.errorCode(of: "SELECT id FROM empty FOR UPDATE") == 1_146)
    }

    @Test func keysWithDots() async throws {
        let other = try await OldDatabase()
        try await other.addKey("counter", 500, isRegistered: false)
        let (_, result, store) = try await run { old in
            try await old.run("INSERT INTO __idgo__ (k) VALUES ('order.id'), (?)", [.text("\(other.name).counter")])
        }
        #expect(try result.row("order.id").action.isSkipped)
        #expect(try result.row("\(other.name).counter").action.isRefused)
        #expect(try await store.records.isEmpty)
    }

    @Test func tablesOfApplicationsAreNotTouched() async throws {
        let tables = [
            "users": "id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, mail TEXT",
            "signed": "id BIGINT AUTO_INCREMENT PRIMARY KEY",
            "small": "id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
            "plain": "id BIGINT UNSIGNED PRIMARY KEY",
            "other": "number BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
        ]
        let (old, result, store) = try await run { old in
            try await old.addKey("good", 10)
            for (table, columns) in tables {
                try await old.run("INSERT INTO __idgo__ (k) VALUES (?)", [.text(table)])
                try await old.run("CREATE TABLE \(table) (\(columns))")
                try await old.run("INSERT INTO \(table) VALUES (5\(table == "users" ? ", 'x'" : ""))")
            }
            // One that nobody ever gave to idgo, although it looks like one of its tables.
            try await old.addKey("mine", 7, isRegistered: false)
        }
        #expect(Set(result.failures.map(\.name)) == Set(tables.keys))
        for table in tables.keys {
            #expect(try result.row(table).action.isRefused)
            #expect(try await old.run("SELECT * FROM \(table)").first?[0] == .integer(5))
        }
        #expect(try await old.run("SELECT * FROM mine").first?[0] == .integer(7))
        #expect(try await store.ceilings == ["good": 2_010])
    }

    /// The registry thinks them equal and has one of them; idgo has both in memory, and a table for each.
    @Test func keysThatTheRegistryThinksEqual() async throws {
        let (old, result, store) = try await run { old in
            try await old.addKey("café", 10_000)
            try await old.addKey("cafe", 20_000, isRegistered: false)
            try await old.addKey("Foo", 30_000)
            try await old.addKey("foo", 40_000, isRegistered: false)
        }
        #expect(result.actions == ["café": .created, "cafe": .created, "Foo": .created, "foo": .created])
        #expect(
            try await store.ceilings == ["café": 12_000, "cafe": 22_000, "Foo": 32_000, "foo": 42_000])
        for table in ["`café`", "cafe", "Foo", "foo"] {
            #expect(try await old.errorCode(of: "SELECT id FROM \(table) FOR UPDATE") == 1_146)
        }
    }

    /// Swift thinks these equal.
    @Test func composedAndDecomposedKeys() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let (_, result, store) = try await run { old in
            try await old.addKey(composed, 10_000)
            try await old.addKey(decomposed, 20_000)
        }
        #expect(result.rows.count == 2)
        #expect(try result.row(composed).highest == 10_000)
        #expect(try result.row(decomposed).highest == 20_000)
        #expect(try await store.next(composed) == 12_001)
        #expect(try await store.next(decomposed) == 22_001)
    }

    @Test func highValues() async throws {
        let (_, result, store) = try await run { old in
            try await old.addKey("exact", 1 << 53 + 1)
            try await old.addKey("last", 1 << 62 - 1 - 2_000)
            try await old.addKey("margin", 1 << 62 - 2_000)
            try await old.addKey("above", 1 << 62)
            try await old.addKey("far", .max)
        }
        #expect(try result.row("exact").highest == 1 << 53 + 1)
        #expect(try await store.next("exact") == 1 << 53 + 2_002)
        #expect(try await store.record("last").ceiling == 1 << 62 - 1)
        for name in ["margin", "above", "far"] { #expect(try result.row(name).action.isRefused) }
        #expect(try result.row("far").highest == .max)
        #expect(result.failures.count == 3)
    }

    @Test func namesThatCannotBeSequences() async throws {
        let (old, result, store) = try await run { old in
            try await old.addKey("good", 10)
            try await old.addKey("line\nbreak", 20)
            try await old.run("INSERT INTO __idgo__ (k) VALUES (?)", [.text(String(repeating: "日", count: 100))])
        }
        #expect(try result.row("line\\x0abreak").action.isRefused)
        #expect(result.failures.count == 2)
        #expect(try await store.ceilings == ["good": 2_010])
        #expect(try await old.errorCode(of: "SELECT id FROM `line\nbreak` FOR UPDATE") == 1_146)
    }
}
