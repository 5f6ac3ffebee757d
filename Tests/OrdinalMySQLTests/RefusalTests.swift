import DatabaseServers
import Ordinal
import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// What no waiting mends is found at the start, and said.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("mysql://ordinal:wrong@127.0.0.1:PORT/DATABASE", "check user and password"),
        ("mysql://nobody@127.0.0.1:PORT/DATABASE", "check user and password"),
        ("mysql://\(MariaDBServer.login)@127.0.0.1:PORT/t_missing", "create the database"),
        ("mysql://\(MariaDBServer.login)@127.0.0.1:PORT/mysql", "grant"),
        ("mysql://\(MariaDBServer.login)@127.0.0.1:PORT/DATABASE?tls=require", "TLS"),
        ("mysql://\(MariaDBServer.login)@127.0.0.1:PORT/DATABASE?tls=verify", "TLS"),
        ("mysql://ordinal@127.0.0.1:PORT/DATABASE?password_file=/does/not/exist", "password file"),
    ])
    func wrongLocations(template: String, mention: String) async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let text = template.replacing("PORT", with: "\(server.port)").replacing("DATABASE", with: database)
        let separator = text.contains("?") ? "&" : "?"
        let location = try MySQLLocation("\(text)\(separator)timeout=30s")
        try await expectRefusal(MySQLStore(location), mention)
        // The same is said to whoever does not ask before.
        let store = MySQLStore(location)
        let failure = try await failure { () throws(StoreError) in try await store.create("never") }
        #expect(failure.error.unavailable?.contains(mention) == true, "\(failure.error)")
        await store.close()
    }

    @Test(arguments: [
        ("UPDATE ordinal_meta SET version = 2", "newer version"),
        ("ALTER TABLE ordinal_ended ENGINE = MyISAM", "ENGINE = InnoDB"),
        ("DROP TABLE ordinal_meta", "ordinal_sequences has rows"),
        ("DELETE FROM ordinal_meta", "ordinal_sequences has rows"),
        ("DROP TABLE ordinal_ended", "only ordinal_meta and ordinal_sequences"),
    ])
    func tablesThatCannotBeUsed(damage: String, mention: String) async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let first = MySQLStore(try server.location(database, "timeout=30s"))
        try await first.create("a")
        await first.close()
        try await server.run(damage, in: database)
        try await expectRefusal(MySQLStore(try server.location(database, "timeout=30s")), mention)
    }

    @Test func aNewerVersionUnderARunningStore() async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database, "timeout=30s"))
        let record = try await store.create("a")
        try await server.run("UPDATE ordinal_meta SET version = 2", in: database)
        let failure = try await failure { () throws(StoreError) in try await store.reserve(1, of: record) }
        #expect(failure.error.unavailable?.contains("newer version") == true, "\(failure.error)")
        await store.close()
    }

    @Test(arguments: ["SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE"])
    func rightsThatAreMissing(rights: String) async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let first = MySQLStore(try server.location(database, "timeout=30s"))
        try await first.prepare()
        await first.close()
        let user = "poor_\(database.suffix(20))"
        try await server.run("CREATE USER \(user)@'%'", "GRANT \(rights) ON \(database).* TO \(user)@'%'")
        let location = try MySQLLocation("mysql://\(user)@127.0.0.1:\(server.port)/\(database)?timeout=30s")
        try await expectRefusal(MySQLStore(location), "grant")
        try await server.run("GRANT SELECT, INSERT, UPDATE, DELETE ON \(database).* TO \(user)@'%'")
        let store = MySQLStore(location)
        try await store.prepare()
        try await store.create("a")
        await store.close()
    }

    @Test func aServerThatIsReadOnly() async throws {
        let server = try await MariaDBServer.start()
        let database = try await server.makeDatabase()
        let store = MySQLStore(try server.location(database))
        // `root` may write all the same, and must not.
        let root = MySQLStore(try MySQLLocation("mysql://root@/\(database)?socket=\(server.socket)"))
        let record = try await store.create("a")
        _ = try await root.reserve(1, of: record)
        try await server.run("SET GLOBAL read_only = 1")
        for one in [store, root] {
            let failures = [
                try await failure { () throws(StoreError) in try await one.reserve(1, of: record) },
                try await failure { () throws(StoreError) in try await one.find(record.name, known: nil) },
            ]
            for failure in failures {
                #expect(failure.error.unavailable?.contains("read-only") == true, "\(failure.error)")
            }
        }
        try await expectRefusal(MySQLStore(try server.location(database)), "read-only")
        try await server.run("SET GLOBAL read_only = 0")
        try await eventually("it may be written to again") {
            do { return try await store.reserve(1, of: record).segment.first == 2 } catch { return false }
        }
        await store.close()
        await root.close()
    }

    private func expectRefusal(_ store: MySQLStore, _ mention: String) async throws {
        do {
            try await store.prepare()
            Issue.record("not refused")
        } catch {
            #expect(error.isPermanent, "\(error)")
            #expect(error.description.contains(mention), "\(error)")
            for secret in [MariaDBServer.password, MariaDBServer.login] { #expect(!error.description.contains(secret)) }
        }
        await store.close()
    }
}
