import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// The way of somebody who has idgo today: import, then serve, with nothing but their `idgo.toml`.
    @Suite struct ImportTests {
        @Test func idgoIsTakenOver() async throws {
            let server = try await MariaDBServer.shared
            let database = try await server.makeDatabase()
            let (directory, port) = (try TemporaryDirectory(), try freePort())
            let binary = try #require(TestEnvironment.binary)
            let ordinal = { @Sendable (arguments: String...) async throws -> ToolResult in
                try await run(binary, arguments + ["--config", "idgo.toml"], in: directory.path)
            }
            try """
            addr = "127.0.0.1:\(port)"
            [storage_db]
            mysql_host = "127.0.0.1"
            mysql_port = \(server.port)
            db_name = "\(database)"
            user = "\(MariaDBServer.user)"
            password = "\(MariaDBServer.password)"
            """.write(toFile: directory.file("idgo.toml"), atomically: true, encoding: .utf8)
            try await server.sql(
                """
                CREATE TABLE __idgo__ (k VARCHAR(255) PRIMARY KEY);
                CREATE TABLE orders (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY);
                INSERT INTO orders VALUES (4100); INSERT INTO __idgo__ VALUES ('orders')
                """, in: database)

            // Serving before would hand the same numbers out again.
            let refused = try await ordinal("serve")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("ordinal import idgo"), "\(refused.errors)")

            let dry = try await ordinal("import", "idgo", "--dry-run")
            #expect(dry.status == 0 && dry.output.contains("to be created"), "\(dry)")
            #expect(try await server.sql("SELECT id FROM orders", in: database) == [["4100"]], "nothing was changed")
            let first = try await ordinal("import", "idgo")
            #expect(first.status == 0 && first.output.contains("created"), "\(first)")
            #expect(!(first.output + first.errors).contains(MariaDBServer.password))
            // What idgo does next fails.
            await #expect(throws: (any Error).self) {
                try await server.sql("UPDATE orders SET id = id + 2000", in: database)
            }
            let second = try await ordinal("import", "idgo", "--json")
            #expect(second.status == 0 && second.output.contains(#""action":"already taken over""#), "\(second)")

            let node = try await OrdinalProcess.serve(in: directory, ["--config", directory.file("idgo.toml")])
            let client = try node.client()
            guard case .integer(let number) = try client.command("GET", "orders") else { throw Failure("a number") }
            #expect(number > 4_100 + 2_000, "idgo hands out a batch even if its COMMIT failed")
            client.close()
            #expect(try await node.end() == 0)
        }

        @Test func whatCannotBeFencedNeedsAWord() async throws {
            let server = try await MariaDBServer.shared
            let database = try await server.makeDatabase()
            let directory = try TemporaryDirectory()
            let binary = try #require(TestEnvironment.binary)
            try await server.sql(
                """
                CREATE TABLE tbl_alloc_info (service_name VARCHAR(64) PRIMARY KEY, last_alloc_value BIGINT UNSIGNED,
                    data_version BIGINT UNSIGNED);
                INSERT INTO tbl_alloc_info VALUES ('order', 50000, 5)
                """, in: database)
            let from = ["import", "idalloc", "--from", server.url(database, timeout: "20s"), "--store", "sqlite:o.db"]
            let refused = try await run(binary, from, in: directory.path)
            #expect(refused.status == 1 && refused.errors.contains("--old-is-stopped"), "\(refused)")
            let done = try await run(binary, from + ["--old-is-stopped"], in: directory.path)
            #expect(done.status == 0 && done.output.contains("250000"), "\(done)")
            let wrong = try await run(binary, ["import", "leaf", "--from", "redis://localhost"], in: directory.path)
            #expect(wrong.status == 64, "\(wrong)")
        }
    }
}
