import DatabaseServers
import Ordinal
import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// A COMMIT and its reply, and what may happen to them on the way.
@Suite struct CommitTests {
    @Test(arguments: [Proxy.Harm.cutAfterCommit, .silenceAfterCommit])
    func aLostReplyIsAnUnknownOutcomeAndItsNumbersAreGone(harm: Proxy.Harm) async throws {
        try await withProxy { server, proxy, store, database in
            let record = try await store.create("a")
            let first = try await store.reserve(10, of: record)
            let before = proxy.commits
            proxy.harmNext(harm)
            let failure = try await failure { () throws(StoreError) in try await store.reserve(10, of: record) }
            #expect(failure.error.unknownOutcome != nil, "\(failure.error)")
            #expect(failure.time < .seconds(8))
            #expect(proxy.harmsDone == 1)
            #expect(proxy.commits == before + 1, "the COMMIT was sent again")
            // It was done, and what comes next lies above it.
            let next = try await store.reserve(10, of: record)
            #expect(next.segment.first == first.segment.last + 11)
            #expect(next.skipped == 0)
            let direct = MySQLStore(try server.location(database))
            #expect(try await direct.reserve(1, of: record).segment.first == next.segment.last + 1)
            await direct.close()
        }
    }

    @Test func aCommitThatDidNotArriveIsAnUnknownOutcomeToo() async throws {
        try await withProxy { _, proxy, store, _ in
            let record = try await store.create("a")
            let first = try await store.reserve(10, of: record)
            proxy.harmNext(.cutBeforeCommit)
            let failure = try await failure { () throws(StoreError) in try await store.reserve(10, of: record) }
            #expect(failure.error.unknownOutcome != nil, "\(failure.error)")
            #expect(proxy.harmsDone == 1)
            #expect(try await store.reserve(1, of: record).segment.first == first.segment.last + 1)
        }
    }

    @Test func whatIsLostBeforeTheCommitDidNotHappen() async throws {
        try await withProxy { _, proxy, store, _ in
            let record = try await store.create("a")
            let before = proxy.commits
            proxy.harmNext(.cutBeforeUpdate)
            let failure = try await failure { () throws(StoreError) in try await store.reserve(10, of: record) }
            #expect(failure.error.unavailable != nil, "\(failure.error)")
            #expect(proxy.harmsDone == 1)
            #expect(proxy.commits == before)
            // The server gives the row free when it notices that the connection has ended.
            try await eventually("the row is free") {
                do { return try await store.reserve(1, of: record).segment.first == 1 } catch { return false }
            }
        }
    }

    @Test func aConnectionThatEndedWhileIdleIsNoFailure() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database, "timeout=30s"))
        let record = try await store.create("a")
        let connections = try await server.run("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '\(database)'")
        #expect(!connections.isEmpty)
        for row in connections { try await server.run("KILL \(row.text(0))") }
        #expect(try await store.reserve(5, of: record).segment.last == 5)
        await store.close()
    }

    @Test func aRefusalIsRolledBackAndTheRowIsFree() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let (one, two) = (
            MySQLStore(try server.location(database, "timeout=30s")),
            MySQLStore(try server.location(database, "timeout=30s"))
        )
        let record = try await one.create("a")
        await #expect(throws: StoreError.lost(instead: record)) {
            try await one.delete(record.name, life: .fresh)
        }
        #expect(try await two.reserve(5, of: record).segment.first == 1)
        await one.close()
        await two.close()
    }

    private func withProxy(
        _ body: (MariaDBServer, Proxy, MySQLStore, String) async throws -> Void
    ) async throws {
        let server = try await MariaDBServer.start()
        let proxy = try Proxy(to: server.port)
        let database = try await server.makeStore()
        let store = MySQLStore(try server.location(database, port: proxy.port, "connections=1"))
        do { try await body(server, proxy, store, database) } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}
