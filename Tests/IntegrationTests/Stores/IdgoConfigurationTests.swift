import Foundation
import RESP
import TestServers
import TestSupport
import Testing

extension Stores {
    /// Somebody's `idgo.toml`, as it is.
    @Suite struct IdgoConfigurationTests {
        @Test func itServes() async throws {
            let server = try await MariaDBServer.shared
            let database = try await server.makeDatabase()
            let (directory, port) = (try TemporaryDirectory(), try freePort())
            try """
            # idgo
            addr = "127.0.0.1:\(port)"
            log_level = "info"

            [storage_db]
            mysql_host = "127.0.0.1"
            mysql_port = \(server.port)
            db_name = "\(database)"
            user = "\(MariaDBServer.user)"
            password = "\(MariaDBServer.password)"
            max_idle_conns = 64
            """.write(toFile: directory.file("idgo.toml"), atomically: true, encoding: .utf8)
            let binary = try #require(TestEnvironment.binary)
            // Nothing but the file.
            try "#!/bin/sh\nexec '\(binary)' serve --config idgo.toml\n".write(
                toFile: directory.file("launch"), atomically: true, encoding: .utf8)
            chmod(directory.file("launch"), 0o700)
            for round in 0..<2 {
                let node = try await OrdinalProcess.serve(in: directory, launcher: directory.file("launch"))
                #expect(node.port == port)
                let client = try node.client()
                if round == 0 {
                    // The session that idgo documents, byte by byte.
                    try client.expect("get abc\r\n", answers: ":0\r\n")
                    try client.expect("set abc 100\r\n", answers: "+OK\r\n")
                    for number in 101...104 { try client.expect("get abc\r\n", answers: ":\(number)\r\n") }
                    try client.expect("select 3\r\n", answers: "+OK\r\n")
                } else {
                    try client.expect("get abc\r\n", answers: ":105\r\n")
                }
                #expect(!node.log.contains(MariaDBServer.password))
                client.close()
                #expect(try await node.end() == 0)
            }
            let rows = try await server.sql("SELECT name, ceiling FROM ordinal_sequences", in: database)
            #expect(rows == [["abc", "105"]])
        }
    }
}
