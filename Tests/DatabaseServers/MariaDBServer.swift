package import OrdinalMySQL
package import TestServers
import TestSupport

/// What needs the client of the stores.
extension MariaDBServer {
    /// Makes a database that has the tables of a store, so that a test which is about short limits need not make them.
    package func makeStore() async throws -> String {
        let database = try await makeDatabase()
        let store = MySQLStore(try location(database, "timeout=30s"))
        try await store.prepare()
        await store.close()
        return database
    }

    /// Where a store finds one of the databases.
    package func location(
        _ database: String, port: Int? = nil, login: String = MariaDBServer.login, _ parameters: String = ""
    ) throws -> MySQLLocation {
        try MySQLLocation("mysql://\(login)@127.0.0.1:\(port ?? self.port)/\(database)?\(parameters)")
    }

    /// Runs statements as `root` and answers the rows of the last one.
    @discardableResult
    package func run(_ statements: String..., in database: String = "mysql") async throws -> [MySQLRow] {
        let location = try MySQLLocation("mysql://root@/\(database)?socket=\(socket)&timeout=20s")
        return try await onThread {
            let connection = try MySQLConnection(to: location)
            return try statements.map { try connection.rows($0) }.last ?? []
        }
    }
}
