import DatabaseServers
import Foundation
import Ordinal
import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// A server that goes away and comes back.
@Suite struct AvailabilityTests {
    /// Calls end after two seconds; on a machine that is busy the test hears of it later.
    private let limit = Duration.seconds(8)

    @Test func aServerThatHangs() async throws {
        let server = try await MariaDBServer.start()
        let store = MySQLStore(try server.location(try await server.makeStore()))
        let record = try await store.create("a")
        let before = try await store.reserve(10, of: record).segment
        server.freeze()
        // More than there are connections, some of them not made yet.
        let failures = try await atOnce(12) { _ in
            try await failure { () throws(StoreError) in try await store.reserve(10, of: record) }
        }
        for failure in failures {
            #expect(failure.error.unavailable != nil, "\(failure.error)")
            #expect(failure.time < limit, "\(failure.error)")
        }
        let late = try await failure { () throws(StoreError) in try await store.find(record.name, known: nil) }
        #expect(late.time < limit, "\(late.error)")
        // A limit that is shorter than the seconds in which the library counts.
        let hasty = MySQLStore(try server.location("t_any", "timeout=300ms"))
        var times: [Duration] = []
        for _ in 0..<5 {
            let early = try await failure { () throws(StoreError) in try await hasty.status() }
            #expect(early.error.unavailable != nil)
            times.append(early.time)
        }
        // Some of them may have been woken late.
        #expect(times.contains { $0 < .milliseconds(800) }, "\(times)")
        server.thaw()
        await hasty.close()
        try await eventually("the store is there again") {
            do { return try await store.find(record.name, known: nil) != .absent } catch { return false }
        }
        // Nothing was committed that was called unavailable.
        var next: Reserved?
        try await eventually("numbers come, once there are connections that the silence did not cost") {
            next = try? await store.reserve(10, of: record)
            return next != nil
        }
        #expect(next?.segment.first == before.last + 1)
        #expect(next?.skipped == 0)
        await store.close()
    }

    @Test func aServerThatIsKilledAndStartedAgain() async throws {
        let server = try await MariaDBServer.start()
        let store = MySQLStore(try server.location(try await server.makeStore()))
        let record = try await store.create("a")
        let before = try await store.reserve(10, of: record).segment
        server.kill()
        for _ in 0..<3 {
            let failure = try await failure { () throws(StoreError) in try await store.reserve(10, of: record) }
            #expect(failure.error.unavailable?.isEmpty == false)
            #expect(failure.time < limit)
        }
        try await server.start()
        try await eventually("the store is there again") {
            do { return try await store.status().sequences == 1 } catch { return false }
        }
        let next = try await store.reserve(10, of: record)
        // The same server on the same files: nothing is left out.
        #expect(next.segment.first == before.last + 1)
        #expect(next.skipped == 0)
        await store.close()
    }

    @Test func aServerThatIsAwayAtTheStart() async throws {
        let server = try await MariaDBServer.start()
        let database = try await server.makeDatabase()
        server.kill()
        let store = MySQLStore(try server.location(database))
        do {
            try await store.prepare()
            Issue.record("there is no server")
        } catch {
            #expect(!error.isPermanent, "\(error)")
        }
        try await server.start()
        try await eventually("the store is there") {
            do {
                try await store.prepare()
                return true
            } catch { return false }
        }
        #expect(try await store.create("a").ceiling == 0)
        await store.close()
    }

    @Test func tablesThatAreGoneAreNotMadeAnew() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database, "timeout=30s"))
        let record = try await store.create("a", at: 100)
        try await server.run(
            "DROP TABLE ordinal_sequences", "DROP TABLE ordinal_meta", "DROP TABLE ordinal_ended", in: database)
        for _ in 0..<3 {
            let failure = try await failure { () throws(StoreError) in
                try await store.create(record.name, life: .fresh, at: 0, options: .standard)
            }
            #expect(failure.error.unavailable?.contains("restore a backup") == true, "\(failure.error)")
            try await Task.sleep(for: .milliseconds(100))
        }
        await store.close()
    }

    @Test func closingFinishesWhatWaits() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database, "timeout=30s"))
        let record = try await store.create("a")
        let tasks = (0..<20).map { _ in Task { try await store.reserve(1, of: record).segment.first } }
        // The last of them is answered before the store is closed.
        var numbers: [Int64] = []
        for task in tasks { numbers.append(try await task.value) }
        await store.close()
        #expect(numbers.sorted() == Array(1...20))
        let failure = try await failure { () throws(StoreError) in try await store.status() }
        #expect(failure.error.unavailable?.contains("closed") == true)
        let count = try await server.run("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '\(database)'").count
        #expect(count == 0)
    }

    @Test func noMoreConnectionsThanAllowed() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database, "timeout=30s&connections=3"))
        let record = try await store.create("a")
        let segments = try await atOnce(60) { _ in try await store.reserve(1, of: record).segment.first }
        #expect(segments.sorted() == Array(1...60))
        let count = try await server.run("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '\(database)'").count
        #expect((2...3).contains(count))
        await store.close()
    }
}
