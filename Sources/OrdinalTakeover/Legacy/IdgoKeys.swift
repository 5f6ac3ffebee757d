import OrdinalMySQL

/// Which keys idgo has and which tables belong to them.
struct IdgoKeys {
    /// Each name, and the name that its table has or had, if there ever was one.
    private(set) var all: [(name: [UInt8], table: TableName?)] = []
    private let own: Set<TableName>
    private let others: Set<TableName>
    private let taken: TakenTables
    private let database: LegacyDatabase

    /// The tables that stand there under the names that idgo knows.
    var tablesToFence: [TableName] { Array(Set(all.compactMap(\.table)).intersection(own)) }

    /// Finds the tables of all keys of `registries`.
    init(_ database: LegacyDatabase, registries: [TableName], taken: TakenTables) throws {
        self.database = database
        self.taken = taken
        own = try Self.tablesOfItsShape(database).subtracting(taken.newNames)
        others = try database.tables().subtracting(own)
        let isLowercase = try database.connection.rows("SELECT @@lower_case_table_names").first?[0] != .integer(0)
        let known = own.union(taken.oldNames)
        var keys: Set<[UInt8]> = []
        for registry in registries {
            let rows = try database.connection.rows("SELECT k FROM \(registry.quoted)")
            keys.formUnion(try rows.map { try $0.bytes(0) })
        }
        for key in keys {
            let candidates = Self.tables(of: key, isLowercase: isLowercase)
            all.append((key, candidates.first(where: known.contains) ?? candidates.first(where: others.contains)))
        }
        let claimed = Set(all.compactMap(\.table))
        for table in known.subtracting(claimed).subtracting([IdgoTables.registry])
        where try taken.oldNames.contains(table) || isKnown(table, to: registries) {
            all.append((table.bytes, table))
        }
    }

    /// Whether a table is there and looks as idgo makes them.
    func isOwn(_ table: TableName) -> Bool { own.contains(table) }

    /// Whether a table is there that has the name of a key but is not one that idgo makes.
    func isForeign(_ table: TableName) -> Bool {
        !own.contains(table) && others.contains(table) && taken.tables(once: table).isEmpty
    }

    /// Whether a registry thinks that it has the key of a table, because it compares names more generously.
    private func isKnown(_ table: TableName, to registries: [TableName]) throws -> Bool {
        try registries.contains { registry in
            try !database.connection.rows(
                "SELECT 1 FROM \(registry.quoted) WHERE k = ?", [.text(table.text)]
            ).isEmpty
        }
    }

    /// What the table of a key may be called: idgo puts the key into the statement as it is, so that backticks round it were
    /// the way to use one such as `order`, and blanks round it are nothing.
    private static func tables(of key: [UInt8], isLowercase: Bool) -> [TableName] {
        let blank = UInt8(ascii: " ")
        let trimmed = Array(key.drop { $0 == blank }.reversed().drop { $0 == blank }.reversed())
        var names = [key, trimmed]
        let tick = UInt8(ascii: "`")
        if trimmed.count > 2, trimmed.first == tick, trimmed.last == tick,
            let inner = unquoted(trimmed.dropFirst().dropLast())
        {
            names.append(inner)
        }
        let tables = names.compactMap { TableName($0) }
        return isLowercase ? tables.map { TableName($0.text.lowercased()) } : tables
    }

    /// What stands between the backticks, or nil if the name ends earlier.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var unquoted: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "`"), rest.popFirst() != byte { return nil }
            unquoted.append(byte)
        }
        return unquoted
    }

    /// The tables that have exactly the one column that idgo gives them.
    private static func tablesOfItsShape(_ database: LegacyDatabase) throws -> Set<TableName> {
        var columns: [TableName: Int] = [:]
        var fitting: Set<TableName> = []
        try database.connection.forEachRow(
            """
            SELECT c.TABLE_NAME, c.COLUMN_NAME = 'id' AND c.DATA_TYPE = 'bigint'
                AND c.COLUMN_TYPE LIKE '%unsigned%' AND c.EXTRA LIKE '%auto_increment%'
            FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = DATABASE()
            """
        ) { row in
            guard let table = TableName(try row.bytes(0)) else { return }
            columns[table, default: 0] += 1
            if row[1] == .integer(1) { fitting.insert(table) }
        }
        return fitting.filter { columns[$0] == 1 }
    }
}
