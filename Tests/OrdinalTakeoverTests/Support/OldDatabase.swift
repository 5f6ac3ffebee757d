import DatabaseServers
import OrdinalMySQL
import OrdinalTakeover
import TestServers
import TestSupport

/// A database of an old system, with its tables as the system itself makes them.
struct OldDatabase {
    let server: MariaDBServer
    let name: String

    init(on server: MariaDBServer? = nil) async throws {
        if let server { self.server = server } else { self.server = try await .shared }
        name = try await self.server.makeDatabase()
    }

    /// Where the takeover finds it: not as `root`, but with rights on this database only. Tables are made and renamed by many
    /// tests at once, so that there is more time than usual.
    var location: MySQLLocation { get throws { try server.location(name, "timeout=30s") } }

    /// Does something on a connection of its own.
    @discardableResult
    func with<Value: Sendable>(_ body: @escaping @Sendable (MySQLConnection) throws -> Value) async throws -> Value {
        let location = try location
        return try await onThread { try body(try MySQLConnection(to: location)) }
    }

    /// Executes a statement with parameters.
    @discardableResult
    func run(_ sql: String, _ parameters: [MySQLValue] = []) async throws -> [MySQLRow] {
        try await with { try $0.rows(sql, parameters) }
    }

    // MARK: idgo

    func makeIdgo() async throws {
        try await run(
            """
            CREATE TABLE IF NOT EXISTS __idgo__ (
            k VARCHAR(255) NOT NULL, PRIMARY KEY (k)) ENGINE=Innodb DEFAULT CHARSET=utf8
            """)
    }

    /// Adds a key as `SET key value` of idgo does, except that it quotes the name of the table.
    ///
    /// - Parameters:
    ///   - table: The name of its table, if it is not the key.
    ///   - isRegistered: Whether the key is in the registry.
    func addKey(_ key: String, _ value: UInt64?, table: String? = nil, isRegistered: Bool = true) async throws {
        if isRegistered { try await run("INSERT INTO __idgo__ (k) VALUES (?)", [.text(key)]) }
        let table = Self.quoted(table ?? key)
        try await run(
            """
            CREATE TABLE \(table) (id bigint(20) unsigned NOT NULL auto_increment, PRIMARY KEY (id))
            ENGINE=Innodb DEFAULT CHARSET=utf8
            """)
        guard let value else { return }
        try await run("INSERT INTO \(table)(id) VALUES(?)", [.unsigned(value)])
    }

    static func quoted(_ name: String) -> String {
        var quoted = "`"
        for scalar in name.unicodeScalars {
            quoted.unicodeScalars.append(scalar)
            if scalar == "`" { quoted.unicodeScalars.append(scalar) }
        }
        quoted.unicodeScalars.append("`")
        return quoted
    }

    /// What idgo runs to get a batch of 2,000, word for word. Answers the number that the batch begins after.
    func idgoNext(_ key: String) async throws -> Int64 {
        try await with { connection in
            try connection.run("START TRANSACTION")
            guard let row = try connection.rows("SELECT id FROM \(key) FOR UPDATE").last else {
                throw Failure("\(key):have no id key")
            }
            try connection.execute("UPDATE \(key) SET id = id + 2000")
            try connection.run("COMMIT")
            return try row.integer(0)
        }
    }

    // MARK: the others

    func makeLeaf() async throws {
        try await run(
            """
            CREATE TABLE leaf_alloc (biz_tag varchar(128) NOT NULL DEFAULT '', max_id bigint(20) NOT NULL DEFAULT '1',
            step int(11) NOT NULL, description varchar(256) DEFAULT NULL,
            update_time timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
            PRIMARY KEY (biz_tag)) ENGINE=InnoDB
            """)
    }

    func addLeaf(_ tag: String, _ value: Int64) async throws {
        try await run(
            "INSERT INTO leaf_alloc (biz_tag, max_id, step) VALUES (?, ?, 2000)", [.text(tag), .integer(value)])
    }

    func makeTinyid() async throws {
        try await run(
            """
            CREATE TABLE tiny_id_info (id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
            biz_type varchar(63) NOT NULL DEFAULT '', begin_id bigint(20) NOT NULL DEFAULT '0',
            max_id bigint(20) NOT NULL DEFAULT '0', step int(11) DEFAULT '0', delta int(11) NOT NULL DEFAULT '1',
            remainder int(11) NOT NULL DEFAULT '0', create_time timestamp NOT NULL DEFAULT '2010-01-01 00:00:00',
            update_time timestamp NOT NULL DEFAULT '2010-01-01 00:00:00', version bigint(20) NOT NULL DEFAULT '0',
            PRIMARY KEY (id), UNIQUE KEY uniq_biz_type (biz_type)) ENGINE=InnoDB DEFAULT CHARSET=utf8
            """)
    }

    func addTinyid(_ type: String, _ value: Int64, delta: Int64 = 1, remainder: Int64 = 0) async throws {
        try await run(
            "INSERT INTO tiny_id_info (biz_type, begin_id, max_id, step, delta, remainder) VALUES (?, 1, ?, 1000, ?, ?)",
            [.text(type), .integer(value), .integer(delta), .integer(remainder)])
    }

    func makeIdalloc() async throws {
        try await run(
            """
            CREATE TABLE IF NOT EXISTS tbl_alloc_info (service_name VARCHAR(64) NOT NULL PRIMARY KEY,
            last_alloc_value BIGINT UNSIGNED NOT NULL DEFAULT '0', data_version BIGINT UNSIGNED NOT NULL DEFAULT '0')
            ENGINE = InnoDB CHARACTER SET = utf8mb4
            """)
    }

    func addIdalloc(_ service: String, _ value: UInt64) async throws {
        try await run("INSERT INTO tbl_alloc_info VALUES (?, ?, 10)", [.text(service), .unsigned(value)])
    }

    // MARK: looking

    var tables: [String] {
        get async throws {
            try await run("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()")
                .map { $0.text(0) }.sorted()
        }
    }

    /// Everything in the database: tables and checksums of their rows.
    var content: [String] {
        get async throws {
            let tables = try await tables.map { Self.quoted($0) }.joined(separator: ", ")
            return try await run("CHECKSUM TABLE \(tables)").map { "\($0.text(0)) \($0.text(1))" }
        }
    }

    /// The number of the error of a statement, which must fail.
    func errorCode(of sql: String) async throws -> UInt32 {
        do { try await run(sql) } catch let error as MySQLFailure { return error.code }
        throw Failure("it did not fail: \(sql)")
    }
}
