import DatabaseServers
import Ordinal
import OrdinalMySQL
import StoreConformance
import TestServers
import TestSupport
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: ConformanceCase.all)
    func conforms(to rule: ConformanceCase) async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        try await rule.check {
            let store = MySQLStore(try server.location(database, "timeout=30s"))
            return StoreUnderTest(store: store) {
                await store.close()
                return MySQLStore(try server.location(database, "timeout=30s"))
            }
        }
    }

    /// A dump that is put back on the server that it came from, while a store is connected.
    @Test(arguments: ConformanceCase.restored)
    func conformsAfterRestore(to rule: ConformanceCase) async throws {
        let server = try await MariaDBServer.shared
        let database = try await server.makeDatabase()
        let directory = try TemporaryDirectory()
        let file = directory.file("dump.sql")
        try await rule.check {
            let store = MySQLStore(try server.location(database, "timeout=30s"))
            return StoreUnderTest(
                store: store,
                reopen: {
                    await store.close()
                    return MySQLStore(try server.location(database, "timeout=30s"))
                },
                restore: { meanwhile in
                    // Tables that are not there yet are not in the dump.
                    _ = try await store.status()
                    try await server.dump(database, to: file)
                    try await meanwhile()
                    // The server counts the age of a table in seconds.
                    try await eventually("the table is of an earlier second") {
                        let made = "SELECT CREATE_TIME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
                        let isOlder = "SELECT COUNT(*) = 3 AND MAX(CREATE_TIME) < NOW() FROM (\(made)) AS tables"
                        return try await server.run(isOlder, in: database)[0][0] == .integer(1)
                    }
                    try await server.sql("source \(file)", in: database)
                    return store
                })
        }
    }
}
