import OrdinalMySQL

/// A database of the old system, as long as there is a connection to it.
struct LegacyDatabase {
    let connection: MySQLConnection
    let system: LegacySystem

    /// Connects, does `body` and disconnects. It blocks.
    ///
    /// - Parameter fencing: Whether `body` is going to change anything. Then it is the only takeover in this database.
    static func with<Value>(
        _ location: MySQLLocation, of system: LegacySystem, fencing: Bool,
        _ body: (LegacyDatabase) throws -> Value
    ) throws(TakeoverError) -> Value {
        do {
            let database = LegacyDatabase(connection: try MySQLConnection(to: location), system: system)
            if fencing { try database.prepareToFence(within: location.timeout) }
            return try body(database)
        } catch let error as MySQLFailure where error.code == 1_142 || error.code == 1_044 {
            throw TakeoverError(
                """
                \(location): \(error); a takeover needs SELECT, INSERT, CREATE, ALTER and DROP there, because it renames tables
                """)
        } catch {
            throw TakeoverError("\(location): \(error)")
        }
    }

    private func prepareToFence(within limit: Duration) throws {
        let isReadOnly = try connection.rows("SELECT @@GLOBAL.read_only").first?.text(0)
        guard isReadOnly == "0" || isReadOnly == "OFF" else {
            throw TakeoverError("the server is read-only: name the primary, a replica may be behind it")
        }
        let lock = "SELECT GET_LOCK(CONCAT('ordinal import ', SHA1(DATABASE())), 0)"
        guard try connection.rows(lock).first?[0] == .integer(1) else {
            throw TakeoverError("another takeover is under way in this database: wait for its end")
        }
        // Less than what the connection waits for: a statement that is refused has certainly done nothing.
        let seconds = max(1, limit.components.seconds - 1)
        try connection.execute("SET SESSION lock_wait_timeout = ?", [.integer(seconds)])
    }

    /// The tables of the database, views not among them.
    func tables() throws -> Set<TableName> {
        let rows = try connection.rows(
            """
            SELECT TABLE_NAME FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
            """)
        return Set(try rows.compactMap { TableName(try $0.bytes(0)) })
    }

    /// The columns of a table; none if there is no such table.
    func columns(of table: TableName) throws -> Set<String> {
        let rows = try connection.rows(
            """
            SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS
            WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?
            """, [.text(table.text)])
        // The server compares names here as text.
        return Set(try rows.filter { try $0.bytes(0) == table.bytes }.map { $0.text(1).lowercased() })
    }

    /// Whether another database has a table that this user may see.
    func holds(_ table: TableName, in other: TableName) throws -> Bool {
        try !connection.rows(
            "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
            [.text(other.text), .text(table.text)]
        ).isEmpty
    }

    /// What a column says about how far a counter got.
    static func value(_ value: MySQLValue) -> LegacyCounter.Value {
        switch value {
        case .integer(let number): .highest(UInt64(max(0, number)))
        case .unsigned(let number): .highest(number)
        case .null: .unusable("the old value is NULL: put it right in the old table")
        case .bytes, .text: .unusable("the old value is not a whole number: put it right in the old table")
        }
    }
}
