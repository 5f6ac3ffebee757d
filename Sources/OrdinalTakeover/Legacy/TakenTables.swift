import OrdinalMySQL

/// The fence: tables of the old system that were renamed, so that it fails instead of handing out numbers.
///
/// The table `ordinal_taken_over` of the same database says which one became which. It is written before the rename: what it
/// says of a table that is not there (yet) counts for nothing, and no renamed table is ever without its line.
struct TakenTables {
    /// How many tables one statement renames: few enough to be done within the time limit of the connection.
    private static let batch = 25
    private static let record = TableName("ordinal_taken_over")

    private let database: LegacyDatabase
    private var renamed: [TableName: [TableName]] = [:]

    /// Reads what was renamed so far.
    init(_ database: LegacyDatabase) throws {
        self.database = database
        let tables = try database.tables()
        guard tables.contains(Self.record) else { return }
        let rows = try database.connection.rows(
            "SELECT old_name, new_name FROM ordinal_taken_over WHERE legacy_system = ?",
            [.text(database.system.rawValue)])
        for row in rows {
            guard let old = TableName(try row.bytes(0)), let new = TableName(try row.bytes(1)) else { continue }
            if tables.contains(new) { renamed[old, default: []].append(new) }
        }
    }

    /// The tables that had this name: one for each time that it was taken over.
    func tables(once old: TableName) -> [TableName] { renamed[old] ?? [] }

    /// The names that renamed tables had.
    var oldNames: Set<TableName> { Set(renamed.keys) }

    /// The names that renamed tables have.
    var newNames: Set<TableName> { Set(renamed.values.joined()) }

    /// Renames tables.
    mutating func take(_ tables: [TableName]) throws {
        for start in stride(from: 0, to: tables.count, by: Self.batch) {
            let pairs = try announce(Array(tables[start..<min(start + Self.batch, tables.count)]))
            try rename(pairs)
            note(pairs)
        }
    }

    /// Renames a table and puts another, `standIn`, in its place, in one step.
    mutating func take(_ table: TableName, puttingInPlace standIn: TableName) throws {
        let pairs = try announce([table])
        try rename(pairs + [(standIn, table)])
        note(pairs)
    }

    /// Writes down what tables are going to be called.
    func announce(_ tables: [TableName]) throws -> [(old: TableName, new: TableName)] {
        let connection = database.connection
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS ordinal_taken_over (
                new_name VARBINARY(255) NOT NULL PRIMARY KEY,
                old_name VARBINARY(255) NOT NULL,
                legacy_system VARBINARY(16) NOT NULL,
                taken_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
            ) ENGINE = InnoDB
            """)
        let pairs = tables.map { (old: $0, new: Self.newName(for: $0)) }
        try connection.run("START TRANSACTION")
        for pair in pairs {
            try connection.execute(
                "INSERT INTO ordinal_taken_over (new_name, old_name, legacy_system) VALUES (?, ?, ?)",
                [.bytes(pair.new.bytes), .bytes(pair.old.bytes), .text(database.system.rawValue)])
        }
        try connection.run("COMMIT")
        return pairs
    }

    private mutating func note(_ pairs: [(old: TableName, new: TableName)]) {
        for pair in pairs { renamed[pair.old, default: []].append(pair.new) }
    }

    private func rename(_ pairs: [(old: TableName, new: TableName)]) throws {
        let list = pairs.map { "\($0.old.quoted) TO \($0.new.quoted)" }.joined(separator: ", ")
        try database.connection.execute("RENAME TABLE \(list)")
    }

    /// A name that nobody uses, in which people recognise the old one.
    private static func newName(for table: TableName) -> TableName {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let end = "__taken_" + String(repeating: "0", count: 16 - digits.count) + digits
        let room = TableName.longest - end.unicodeScalars.count
        return TableName(String(String.UnicodeScalarView(table.text.unicodeScalars.prefix(room))) + end)
    }
}
