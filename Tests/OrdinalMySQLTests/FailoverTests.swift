import DatabaseServers
import Ordinal
import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// A primary and its replica.
@Suite struct FailoverTests {
    @Test func aReplicaThatIsPromotedBehindItsPrimary() async throws {
        let primary = try await MariaDBServer.start("--server-id=1", "--log-bin=binlog")
        let replica = try await MariaDBServer.start("--server-id=2", "--log-bin=binlog")
        try await replica.follow(primary)
        let database = try await primary.makeStore()
        let before = MySQLStore(try primary.location(database))
        let record = try await before.create("a")
        var handedOut = [try await before.reserve(100, of: record).segment]
        try await waitForReplica(replica, database, ceiling: 100)

        // A server that takes its data from another one is no store, even if it may be written to.
        let early = MySQLStore(try replica.location(database))
        do {
            try await early.prepare()
            Issue.record("a replica was accepted")
        } catch {
            #expect(error.isPermanent)
            #expect(error.description.contains("replica"), "\(error)")
        }
        await early.close()

        try await replica.run("STOP SLAVE SQL_THREAD")
        for _ in 0..<5 { handedOut.append(try await before.reserve(100, of: record).segment) }
        let home = try await before.status().home
        primary.kill()
        await before.close()
        try await replica.run("STOP SLAVE", "RESET SLAVE ALL")

        // Two nodes meet there: one knows what it had, the other has just started without a journal.
        let (one, two) = (MySQLStore(try replica.location(database)), MySQLStore(try replica.location(database)))
        let second = try await two.reserve(100, of: record, offset: 1_000_000)
        #expect(second.skipped == 1_000_000)
        let first = try await one.reserve(100, of: record, above: 600, offset: 1_000_000)
        #expect(first.skipped == 0)
        handedOut += [second.segment, first.segment, try await two.reserve(100, of: record).segment]
        let numbers = handedOut.flatMap { Array($0.first...$0.last) }
        #expect(Set(numbers).count == numbers.count, "a number came twice")
        #expect(try await one.status().home != home)
        await one.close()
        await two.close()
    }

    /// The binary log in statements carries literals only, whatever the replica would compute.
    @Test(arguments: ["STATEMENT", "ROW"])
    func aReplicaHoldsTheSame(format: String) async throws {
        let primary = try await MariaDBServer.start(
            "--server-id=1", "--log-bin=binlog", "--binlog-format=\(format)")
        let replica = try await MariaDBServer.start("--server-id=2")
        try await replica.follow(primary)
        let database = try await primary.makeStore()
        let store = MySQLStore(try primary.location(database))
        let names = ["café", "cafe\u{301}", "foo ", "foo", "'\"\\%_", "😀"]
        for name in names {
            let record = try await store.create(name, at: 1 << 60)
            _ = try await store.reserve(10, of: record)
            _ = try await store.advance(record.name, life: record.life, by: .by(5))
            if name == "foo" { _ = try await store.delete(record.name, life: record.life) }
            if name == "😀" {
                _ = try await store.restart(record.name, from: record.life, to: .fresh, at: 7, options: .standard)
            }
        }
        await store.close()
        let rows =
            "SELECT HEX(name), HEX(life), ceiling, origin, home, stamp, changed FROM ordinal_sequences ORDER BY name"
        let ended = "SELECT HEX(name), HEX(life), changed FROM ordinal_ended ORDER BY name, life"
        let meta = "SELECT HEX(id), version, changes FROM ordinal_meta"
        for query in [rows, ended, meta] {
            let expected = try await primary.run(query, in: database).map(\.values)
            #expect(!expected.isEmpty)
            try await eventually("the replica holds the same") {
                do { return try await replica.run(query, in: database).map(\.values) == expected } catch {
                    return false
                }
            }
        }
    }

    private func waitForReplica(_ replica: MariaDBServer, _ database: String, ceiling: Int64) async throws {
        try await eventually("the replica has caught up") {
            do {
                let rows = try await replica.run("SELECT ceiling FROM ordinal_sequences", in: database)
                return rows.first?[0] == .integer(ceiling)
            } catch { return false }
        }
    }
}
