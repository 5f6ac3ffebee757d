import DatabaseServers
@testable import OrdinalMySQL
import TestServers
import TestSupport
import Testing

/// The connection by itself, as whoever reads the tables of other systems uses it.
@Suite struct ConnectionTests {
    @Test func valuesOfAllKinds() async throws {
        let server = try await MariaDBServer.shared
        let location = try server.location(try await server.makeDatabase(), "timeout=30s")
        try await onThread {
            let connection = try MySQLConnection(to: location)
            try connection.run(
                """
                CREATE TABLE kinds (id BIGINT UNSIGNED PRIMARY KEY, small TINYINT, text VARCHAR(300) CHARACTER SET utf8mb4,
                latin VARCHAR(20) CHARACTER SET latin1, bytes VARBINARY(300), long_bytes LONGBLOB, nothing INT,
                day DATETIME(6), decimal_number DECIMAL(40, 3), real_number DOUBLE)
                """)
            let long = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let zeros: [UInt8] = [0, 0x27, 0x5C, 0xFF, 0]
            #expect(
                try connection.execute(
                    "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        .unsigned(.max), .integer(-128), .text("cafe\u{301} 😀 '\"\\"), .text("é"), .bytes(zeros),
                        .bytes(long), .null, .text("2026-11-21 17:00:00.123456"),
                        .text("1234567890123456789012345678901234567.125"), .text("0.5"),
                    ]) == 1)
            try connection.execute(
                "INSERT INTO kinds (id, small, text, bytes) VALUES (?, ?, ?, ?)",
                [.integer(1), .integer(7), .text(""), .bytes([])])
            let rows = try connection.rows("SELECT * FROM kinds ORDER BY id DESC")
            #expect(rows[0].columns.prefix(3) == ["id", "small", "text"])
            #expect(
                rows[0].values == [
                    .unsigned(.max), .integer(-128), .text("cafe\u{301} 😀 '\"\\"), .text("é"), .bytes(zeros),
                    .bytes(long), .null, .text("2026-11-21 17:00:00.123456"),
                    .text("1234567890123456789012345678901234567.125"), .text("0.5"),
                ])
            #expect(rows[1].values.prefix(6) == [.integer(1), .integer(7), .text(""), .null, .bytes([]), .null])
            #expect(rows[1]["small"] == .integer(7))
            #expect(rows[1]["missing"] == nil)
            // Swift calls composed and decomposed text equal.
            #expect(Array(rows[0].text(2).utf8) == Array("cafe\u{301} 😀 '\"\\".utf8))
        }
    }

    /// What comes in the place of a row has a reason, too.
    @Test func aQueryThatIsEndedBetweenTwoRowsSaysSo() async throws {
        let server = try await MariaDBServer.shared
        let location = try server.location(try await server.makeDatabase(), "timeout=30s")
        let failure = try await onThread { () -> MySQLFailure? in
            let (connection, other) = (try MySQLConnection(to: location), try MySQLConnection(to: location))
            let id = try #require(try connection.rows("SELECT CONNECTION_ID()").first).integer(0)
            var count = 0
            do {
                // Long rows: the server sends each as it comes.
                try connection.forEachRow("SELECT REPEAT('x', 100000), SLEEP(0.01) FROM seq_1_to_5000") { _ in
                    count += 1
                    if count == 3 { try other.execute("KILL QUERY \(id)") }
                }
            } catch let failure as MySQLFailure { return failure }
            return nil
        }
        #expect(failure?.code == 1317, "\(String(describing: failure))")
    }

    @Test func rowsComeOneByOneAndReadingMayEnd() async throws {
        let server = try await MariaDBServer.shared
        let location = try server.location(try await server.makeDatabase(), "timeout=30s")
        try await onThread {
            let connection = try MySQLConnection(to: location)
            struct Enough: Error {}
            var seen: [Int64] = []
            #expect(throws: Enough.self) {
                try connection.forEachRow("SELECT seq FROM seq_1_to_500000 WHERE seq > ?", [.integer(3)]) { row in
                    seen.append(try row.integer(0))
                    if seen.count == 1_000 { throw Enough() }
                }
            }
            #expect(seen == Array(4...1_003))
            var count = 0
            try connection.forEachRow("SELECT seq FROM seq_1_to_500000") { _ in count += 1 }
            #expect(count == 500_000)
            // Statements of all texts do not pile up on the server.
            for number in 0..<200 { _ = try connection.rows("SELECT \(number)") }
            #expect(connection.statementCount <= 64)
        }
    }

    @Test func failuresSayWhatTheyAre() async throws {
        let server = try await MariaDBServer.shared
        let location = try server.location(try await server.makeDatabase(), "timeout=30s")
        try await onThread {
            let connection = try MySQLConnection(to: location)
            func failure(_ sql: String, _ values: [MySQLValue] = []) -> MySQLFailure? {
                do { _ = try connection.rows(sql, values) } catch let failure as MySQLFailure { return failure } catch {
                }
                return nil
            }
            #expect(failure("SELEKT 1")?.code == 1_064)
            #expect(failure("SELECT * FROM missing")?.code == 1_146)
            #expect(failure("SELECT ?")?.code == 0)
            #expect(failure("SELECT 1; SELECT 2")?.code == 1_064)
            #expect(failure("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t")?.isConnectionLost != nil)
            let again = try MySQLConnection(to: location)
            try again.execute("CREATE TABLE t (a INT PRIMARY KEY)")
            try again.execute("INSERT INTO t VALUES (?)", [.integer(1)])
            #expect(throws: MySQLFailure.self) { try again.execute("INSERT INTO t VALUES (?)", [.integer(1)]) }
            #expect(try again.rows("SELECT a FROM t").map(\.values) == [[.integer(1)]])
            // The connection knows what it is told of by the server.
            #expect(!again.isInTransaction)
            try again.run("START TRANSACTION")
            #expect(again.isInTransaction)
            try again.execute("INSERT INTO t VALUES (?)", [.integer(2)])
            try again.run("ROLLBACK")
            #expect(!again.isInTransaction)
        }
    }
}
