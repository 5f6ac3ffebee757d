import OrdinalMySQL

/// The tables of idgo: a registry of keys, and for each key a table of its name with one row, the last number reserved.
///
/// A registered key may have no table (idgo puts keys into statements as they are, and many are not names of tables). A table may
/// have no registered key (the registry thinks `Foo` and `foo` equal, tables do not); idgo uses it until it is restarted.
struct IdgoTables {
    static let registry = TableName("__idgo__")
    /// What is put in the registry's place: idgo would make a new one when it starts, and forget all its keys. It has
    /// no column `k`, so that idgo fails there.
    static let standIn = TableName("ordinal_instead_of_idgo")

    private let database: LegacyDatabase
    private var connection: MySQLConnection { database.connection }

    init(_ database: LegacyDatabase) { self.database = database }

    /// Whether there is a registry with keys in it that was not taken over.
    static func holdsRegistry(_ connection: MySQLConnection) throws -> Bool {
        let database = LegacyDatabase(connection: connection, system: .idgo)
        guard try database.columns(of: registry).contains("k") else { return false }
        return try !connection.rows("SELECT 1 FROM `__idgo__` LIMIT 1").isEmpty
    }

    /// Reads the counters, and before that renames the tables if they are to be fenced: the registry first, so that no key
    /// comes in meanwhile.
    func read(fencing: Bool) throws -> [LegacyCounter] {
        var taken = try TakenTables(database)
        let isRegistryThere = try database.columns(of: Self.registry).contains("k")
        if isRegistryThere, fencing {
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS \(Self.standIn.quoted) (taken_over_by_ordinal TINYINT)")
            try taken.take(Self.registry, puttingInPlace: Self.standIn)
        }
        let registries = taken.tables(once: Self.registry) + (isRegistryThere && !fencing ? [Self.registry] : [])
        guard !registries.isEmpty else {
            throw TakeoverError("there is no table __idgo__: name the database in which idgo keeps it")
        }
        let keys = try IdgoKeys(database, registries: registries, taken: taken)
        if fencing { try taken.take(keys.tablesToFence) }
        return try keys.all.map { name, table in
            let tables = table.map { taken.tables(once: $0) + (!fencing && keys.isOwn($0) ? [$0] : []) } ?? []
            return LegacyCounter(name: name, value: try value(of: name, table, in: tables, keys), place: "MySQL")
        }
    }

    /// How far a key got.
    ///
    /// - Parameters:
    ///   - table: The name that its table has or had.
    ///   - tables: Where the rows are now.
    private func value(
        of key: [UInt8], _ table: TableName?, in tables: [TableName], _ keys: IdgoKeys
    ) throws -> LegacyCounter.Value {
        guard let table else {
            guard try !isElsewhere(key) else {
                return .unusable(
                    """
                    idgo keeps it in another database, as the dot in the key says: create the sequence by hand, above every \
                    number that idgo handed out, and drop that table
                    """)
            }
            return .none("the key has no table: idgo never handed out a number for it")
        }
        guard !keys.isForeign(table) else {
            return .unusable(
                """
                the table of this name is not idgo's, and was left alone: create the sequence by hand, above every number \
                that idgo handed out
                """)
        }
        let highest = try tables.compactMap { table -> UInt64? in
            let value = try connection.rows("SELECT MAX(id) FROM \(table.quoted)").first?[0]
            guard case .highest(let number) = LegacyDatabase.value(value ?? .null) else { return nil }
            return number
        }.max()
        return highest.map { .highest($0) } ?? .none("the table is empty: idgo never handed out a number for it")
    }

    /// Whether a key such as `a.b` led to the table `b` of the database `a`.
    private func isElsewhere(_ key: [UInt8]) throws -> Bool {
        let parts = key.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let other = TableName(Array(parts[0])), let table = TableName(Array(parts[1])) else {
            return false
        }
        return try database.holds(table, in: other)
    }
}
