import DatabaseServers
import NIOConcurrencyHelpers
import Ordinal
import OrdinalMySQL
import OrdinalSQLite
import OrdinalTakeover
import TestServers
import TestSupport
import Testing

@Suite struct IdgoTests {
    /// A database with two keys in use, and a takeover of it.
    private func example() async throws -> (OldDatabase, Takeover, TestStore) {
        let old = try await OldDatabase()
        try await old.makeIdgo()
        try await old.addKey("abc", 100)
        try await old.addKey("orders", 54_000)
        return (old, try Takeover(of: .idgo, from: [try old.location]), try TestStore())
    }

    @Test func dryRunChangesNothing() async throws {
        let (old, takeover, store) = try await example()
        let before = try await old.content
        let result = try await takeover.run(into: store.sqlite, dryRun: true)
        #expect(result.actions == ["abc": .create, "orders": .create])
        #expect(try result.row("orders").highest == 54_000)
        #expect(try result.row("orders").margin == 2_000)
        #expect(try result.row("orders").ceiling == 56_000)
        #expect(try await old.content == before)
        #expect(try await store.records.isEmpty)
        #expect(try await old.with { try Takeover.holdsIdgo($0) })
    }

    @Test func sequencesGoOnAboveTheOldNumbers() async throws {
        let (old, takeover, store) = try await example()
        let seen = NIOLockedValueBox<[Int]>([])
        let result = try await takeover.run(into: store.sqlite) { done, of in
            #expect(of == 2)
            seen.withLockedValue { $0.append(done) }
        }
        #expect(result.actions == ["abc": .created, "orders": .created])
        #expect(result.failures.isEmpty)
        #expect(seen.withLockedValue(\.self) == [1, 2])
        #expect(try await store.ceilings == ["abc": 2_100, "orders": 56_000])
        #expect(try await store.next("orders") == 56_001)
        #expect(try await !old.with { try Takeover.holdsIdgo($0) })
    }

    @Test func fencedIdgoFailsAtEveryStatement() async throws {
        let (old, takeover, store) = try await example()
        #expect(try await old.idgoNext("abc") == 100)
        _ = try await takeover.run(into: store.sqlite)
        #expect(try await store.next("abc") == 2_100 + 2_000 + 1)
        let noTable: UInt32 = 1_146
        let noColumn: UInt32 = 1_054
        // A running one wants a batch.
        #expect(try await old.errorCode(of: "SELECT id FROM abc FOR UPDATE") == noTable)
        #expect(try await old.errorCode(of: "UPDATE abc SET id = id + 2000") == noTable)
        #expect(try await old.errorCode(of: "REPLACE INTO abc(id) VALUES(7)") == noTable)
        // A running one gets a SET of a new key.
        #expect(try await old.errorCode(of: "SELECT k FROM __idgo__ WHERE k = 'new'") == noColumn)
        #expect(try await old.errorCode(of: "INSERT INTO __idgo__ (k) VALUES ('new')") == noColumn)
        // One starts.
        try await old.makeIdgo()
        #expect(try await old.errorCode(of: "SELECT k FROM __idgo__") == noColumn)
    }

    @Test func theSecondRunFindsEverythingDone() async throws {
        let (old, takeover, store) = try await example()
        _ = try await takeover.run(into: store.sqlite)
        try await store.next("abc", count: 5_000)
        let (tables, ceilings) = (try await old.content, try await store.ceilings)
        let again = try await takeover.run(into: store.sqlite)
        #expect(again.actions == ["abc": .alreadyTakenOver, "orders": .alreadyTakenOver])
        #expect(try again.row("abc").highest == 100)
        #expect(try again.row("abc").ceiling == 7_100)
        #expect(again.failures.isEmpty)
        #expect(try await old.content == tables)
        #expect(try await store.ceilings == ceilings)
        let dry = try await takeover.run(into: store.sqlite, dryRun: true)
        #expect(dry.rows == again.rows)
    }

    @Test func anOldSystemThatWentOnIsToldLoudly() async throws {
        let (old, takeover, store) = try await example()
        _ = try await takeover.run(into: store.sqlite)
        // Ordinal is far above by now, which hides nothing: the old system used numbers that Ordinal used too.
        try await store.next("abc", count: 50_000)
        let ceilings = try await store.ceilings
        // Somebody gave idgo its tables back.
        try await old.run("DROP TABLE __idgo__")
        try await old.makeIdgo()
        try await old.addKey("abc", 100)
        for _ in 0..<3 { _ = try await old.idgoNext("abc") }
        let again = try await takeover.run(into: store.sqlite)
        #expect(try again.row("abc").action.isConflict)
        #expect(try again.row("abc").highest == 6_100)
        #expect(try again.row("abc").action.reason?.contains("ordinal advance NAME --to 52100") == true)
        #expect(again.failures.map(\.name) == ["abc"])
        #expect(try again.row("orders").action == .alreadyTakenOver)
        #expect(try await store.ceilings == ceilings)
        // It is fenced again, the operator does as told, and all is well.
        #expect(try await old.errorCode(of: "SELECT id FROM abc FOR UPDATE") == 1_146)
        let record = try await store.record("abc")
        _ = try await store.sqlite.advance(record.name, life: record.life, by: .to(52_100))
        #expect(try await takeover.run(into: store.sqlite).failures.isEmpty)
    }

    @Test func aSequenceThatWasMadeByHandBelowIsAConflict() async throws {
        let (_, takeover, store) = try await example()
        _ = try await store.sqlite.create(
            try SequenceName("abc"), life: Life(rawValue: 1), at: 99, options: .standard)
        _ = try await store.sqlite.create(
            try SequenceName("orders"), life: Life(rawValue: 1), at: 54_000, options: .standard)
        let result = try await takeover.run(into: store.sqlite)
        #expect(try result.row("abc").action.isConflict)
        #expect(try result.row("orders").action == .alreadyTakenOver)
        #expect(try await store.ceilings == ["abc": 99, "orders": 54_000])
    }

    /// idgo runs while it is taken over: whatever it gets, no number is handed out by both.
    @Test func nothingRepeatsUnderTraffic() async throws {
        let (old, takeover, store) = try await example()
        let isRunning = NIOLockedValueBox(true)
        let batches = NIOLockedValueBox<[Int64]>([])
        async let traffic: Void = {
            while isRunning.withLockedValue(\.self) {
                do {
                    let begin = try await old.idgoNext("orders")
                    batches.withLockedValue { $0.append(begin) }
                } catch is MySQLFailure { return }
            }
        }()
        try await eventually("idgo is at work") { batches.withLockedValue { $0.count >= 3 } }
        let result = try await takeover.run(into: store.sqlite)
        let first = try await store.next("orders")
        // It fails by itself: nobody has told it to stop.
        try await traffic
        isRunning.withLockedValue { $0 = false }
        #expect(result.failures.isEmpty)
        #expect(batches.withLockedValue { $0.max() ?? .max } + 2_000 < first)
    }

    @Test func thereIsNoIdgo() async throws {
        let (old, store) = (try await OldDatabase(), try TestStore())
        #expect(try await !old.with { try Takeover.holdsIdgo($0) })
        let takeover = try Takeover(of: .idgo, from: [try old.location])
        let error = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(error?.description.contains("no table __idgo__") == true)
        #expect(error?.description.contains("secret") == false)
        #expect(try await old.tables.isEmpty)
        try await old.makeIdgo()
        #expect(try await !old.with { try Takeover.holdsIdgo($0) })
    }

    @Test func oneTakeoverAtATimeInOneDatabase() async throws {
        let (old, takeover, store) = try await example()
        let location = try old.location
        let error = try await onThread { () -> TakeoverError? in
            let connection = try MySQLConnection(to: location)
            _ = try connection.rows("SELECT GET_LOCK(CONCAT('ordinal import ', SHA1(DATABASE())), 0)")
            let outcome = NIOLockedValueBox<TakeoverError?>(nil)
            let done = Latch()
            Task {
                do throws(TakeoverError) { _ = try await takeover.run(into: store.sqlite) } catch {
                    outcome.withLockedValue { $0 = error }
                }
                done.open()
            }
            done.wait()
            return outcome.withLockedValue(\.self)
        }
        #expect(error?.description.contains("another takeover") == true)
        #expect(try await store.records.isEmpty)
        #expect(try await takeover.run(into: store.sqlite).failures.isEmpty)
    }

    /// A batch that idgo is in the middle of is waited for, not for ever, and counts.
    @Test func aTransactionThatIsOpen() async throws {
        let (old, takeover, store) = try await example()
        let hasty = try Takeover(of: .idgo, from: [try old.server.location(old.name, "timeout=3s")])
        let location = try old.location
        let (opened, ended) = (Latch(), Latch())
        async let transaction: Void = onThread {
            let connection = try MySQLConnection(to: location)
            try connection.run("START TRANSACTION")
            _ = try connection.rows("SELECT id FROM abc FOR UPDATE")
            try connection.execute("UPDATE abc SET id = id + 2000")
            opened.open()
            ended.wait()
            try connection.run("COMMIT")
        }
        try await onThread { opened.wait() }
        let error = await #expect(throws: TakeoverError.self) { _ = try await hasty.run(into: store.sqlite) }
        #expect(error?.description.contains("1205") == true)
        #expect(try await store.records.isEmpty)
        ended.open()
        try await transaction
        #expect(try await takeover.run(into: store.sqlite).failures.isEmpty)
        #expect(try await store.ceilings["abc"] == 4_100)
    }

    @Test func missingRightsAreTold() async throws {
        let (old, _, store) = try await example()
        let user = "u\(UInt32.random(in: .min ... .max))"
        try await old.server.run(
            "CREATE USER \(user)@'%' IDENTIFIED BY 'geheim'", "GRANT SELECT ON \(old.name).* TO \(user)@'%'")
        let location = try old.server.location(old.name, login: "\(user):geheim")
        let takeover = try Takeover(of: .idgo, from: [location])
        #expect(try await takeover.run(into: store.sqlite, dryRun: true).rows.count == 2)
        let error = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(error?.description.contains("ALTER and DROP") == true)
        #expect(error?.description.contains("geheim") == false)
        #expect(try await old.idgoNext("abc") == 100)
    }

    @Test func aReadOnlyServerIsNotTakenOverFrom() async throws {
        let server = try await MariaDBServer.start()
        let old = try await OldDatabase(on: server)
        try await old.makeIdgo()
        try await old.addKey("abc", 100)
        // The server itself would let this user change it.
        try await server.run("GRANT READ_ONLY ADMIN ON *.* TO ordinal@'%'", "SET GLOBAL read_only = 1")
        let (takeover, store) = (try Takeover(of: .idgo, from: [try old.location]), try TestStore())
        let error = await #expect(throws: TakeoverError.self) { _ = try await takeover.run(into: store.sqlite) }
        #expect(error?.description.contains("read-only") == true)
        #expect(try await takeover.run(into: store.sqlite, dryRun: true).actions == ["abc": .create])
    }
}
