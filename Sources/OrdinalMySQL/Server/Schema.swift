import Ordinal

/// The tables of a store and how they come to be.
enum Schema {
    /// The version that this program knows.
    static let version: Int64 = 1

    /// Makes the tables if there are none, and refuses those that cannot be used.
    ///
    /// - Parameters:
    ///   - mayBeNew: Whether a database without the tables is welcome.
    ///   - patience: How long to wait for another node that makes the tables.
    static func ensure(
        _ connection: MySQLConnection, in database: String, mayBeNew: Bool, patience: Duration
    ) throws {
        if try check(connection, in: database) { return }
        guard mayBeNew else {
            throw MySQLFailure("the tables of the store are gone from the database \(database): restore a backup")
        }
        // Several nodes may start at once. The lock ends with the connection, whatever becomes of us.
        let lock = "SELECT GET_LOCK(CONCAT('ordinal ', SHA1(DATABASE())), ?)"
        guard try connection.rows(lock, [.integer(patience.components.seconds)]).first?[0] == .integer(1) else {
            throw MySQLFailure("another node is making the tables of the store")
        }
        if try !check(connection, in: database) { try make(connection) }
        guard try check(connection, in: database) else {
            throw MySQLFailure("the tables of the store do not stay: look into the server's error log")
        }
        _ = try connection.rows("SELECT RELEASE_LOCK(CONCAT('ordinal ', SHA1(DATABASE())))")
    }

    private static func make(_ connection: MySQLConnection) throws {
        for table in tables { try connection.run(table) }
        // Literals, so that every replica gets the same ones. IGNORE, because the members of a cluster do not share locks.
        try connection.execute(
            "INSERT IGNORE INTO ordinal_meta (singleton, version, id, changes) VALUES (1, ?, ?, 0)",
            [.integer(version), .bytes(StoreID(random: { UInt64.random(in: .min ... .max) }).bytes)])
    }

    /// Whether the tables are there. What was begun and not ended is not there; what cannot be used is refused.
    private static func check(_ connection: MySQLConnection, in database: String) throws -> Bool {
        let found = try connection.rows(
            """
            SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN ('ordinal_sequences', 'ordinal_ended', 'ordinal_meta')
            """, [.text(database)])
        for row in found where row.text(1).lowercased() != "innodb" {
            throw MySQLFailure(
                """
                the table \(row.text(0)) has the engine \(row.text(1)), which cannot do transactions: convert it \
                with ALTER TABLE \(row.text(0)) ENGINE = InnoDB
                """, isPermanent: true)
        }
        let names = Set(found.map { $0.text(0).lowercased() })
        let known =
            try names.contains("ordinal_meta")
            ? connection.rows("SELECT version FROM ordinal_meta WHERE singleton = 1").first : nil
        guard let known else {
            try refuseRows(connection, in: names)
            return false
        }
        guard names.count == 3 else {
            throw MySQLFailure(
                "of the tables of the store only \(names.sorted().joined(separator: " and ")) are there: restore a backup",
                isPermanent: true)
        }
        try check(version: try known.integer(0))
        return true
    }

    static func check(version: Int64) throws(MySQLFailure) {
        guard version <= Self.version else {
            throw MySQLFailure(
                """
                the tables were made by a newer version of Ordinal (schema \(version), this one knows \
                \(Self.version)): use that version
                """, isConnectionLost: true, isPermanent: true)
        }
    }

    /// Refuses tables that hold something although the one that says what they are is not there or empty.
    private static func refuseRows(_ connection: MySQLConnection, in names: Set<String>) throws {
        for name in ["ordinal_sequences", "ordinal_ended"] where names.contains(name) {
            guard try connection.rows("SELECT 1 FROM \(name) LIMIT 1").isEmpty else {
                throw MySQLFailure(
                    "\(name) has rows, but ordinal_meta is not there or empty: restore a backup", isPermanent: true)
            }
        }
    }

    /// - `ordinal_sequences`: the live ones. `changed` is the number of the last change that other nodes must hear of, 0
    ///   if there was none: reservations leave it alone, so they touch no index.
    /// - `ordinal_ended`: a tombstone for every life that is over.
    /// - `ordinal_meta`: one row. Its `changes` counts changes; the transaction that raises it holds the row until the
    ///   commit, so that the numbers of changes become visible in their order.
    private static let tables = [
        """
        CREATE TABLE IF NOT EXISTS ordinal_sequences (
            name VARBINARY(255) NOT NULL,
            life BINARY(16) NOT NULL,
            ceiling BIGINT NOT NULL,
            origin BIGINT NOT NULL,
            home VARBINARY(1000) NOT NULL,
            stamp BIGINT NULL,
            recent_size BIGINT NOT NULL,
            increment BIGINT NOT NULL,
            maximum BIGINT NOT NULL,
            changed BIGINT NOT NULL,
            PRIMARY KEY (name),
            KEY ordinal_sequences_changed (changed),
            CHECK (ceiling > -increment AND ceiling <= maximum),
            CHECK (origin <= ceiling),
            CHECK (recent_size >= 0)
        ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
        """,
        """
        CREATE TABLE IF NOT EXISTS ordinal_ended (
            name VARBINARY(255) NOT NULL,
            life BINARY(16) NOT NULL,
            changed BIGINT NOT NULL,
            PRIMARY KEY (name, life),
            KEY ordinal_ended_changed (changed)
        ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
        """,
        """
        CREATE TABLE IF NOT EXISTS ordinal_meta (
            singleton TINYINT NOT NULL,
            version BIGINT NOT NULL,
            id BINARY(16) NOT NULL,
            changes BIGINT NOT NULL,
            PRIMARY KEY (singleton),
            CHECK (singleton = 1)
        ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC
        """,
    ]
}
