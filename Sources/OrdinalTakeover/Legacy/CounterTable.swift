import OrdinalMySQL

/// The one table in which idalloc, Leaf and tinyid keep their counters.
struct CounterTable {
    private let table: TableName
    private let name: String
    private let value: String
    /// Columns that only tinyid has.
    private let share: [String]
    private let isRounded: Bool

    private init(_ table: String, name: String, value: String, share: [String] = [], isRounded: Bool = false) {
        self.table = TableName(table)
        (self.name, self.value, self.share, self.isRounded) = (name, value, share, isRounded)
    }

    static let idalloc = CounterTable(
        "tbl_alloc_info", name: "service_name", value: "last_alloc_value", isRounded: true)
    static let leaf = CounterTable("leaf_alloc", name: "biz_tag", value: "max_id")
    static let tinyid = CounterTable(
        "tiny_id_info", name: "biz_type", value: "max_id", share: ["delta", "remainder"])

    /// Reads the counters, and before that renames the table if it is to be fenced.
    ///
    /// - Parameter others: Names that are known from elsewhere. The database may keep several in one row, because it
    ///   thinks them equal.
    func read(
        _ database: LegacyDatabase, fencing: Bool, alsoNamed others: [[UInt8]] = []
    ) throws -> [LegacyCounter] {
        var taken = try TakenTables(database)
        let columns = try database.columns(of: table)
        let missing = Set([name, value] + share).subtracting(columns).sorted()
        guard columns.isEmpty || missing.isEmpty else {
            let list = missing.joined(separator: ", ")
            throw TakeoverError("the table \(table.text) is not \(database.system.title)'s: it has no column \(list)")
        }
        let isThere = !columns.isEmpty
        if isThere, fencing { try taken.take([table]) }
        let tables = taken.tables(once: table) + (isThere && !fencing ? [table] : [])
        guard !tables.isEmpty else {
            throw TakeoverError(
                "there is no table \(table.text): name the database in which \(database.system.title) keeps it")
        }
        var counters = LegacyCounters()
        for table in tables {
            for counter in try rows(of: table, database) + rowsShared(with: others, of: table, database) {
                counters.add(counter)
            }
        }
        return counters.sorted
    }

    private func rows(of table: TableName, _ database: LegacyDatabase) throws -> [LegacyCounter] {
        let columns = ([name, value] + share).joined(separator: ", ")
        return try database.connection.rows("SELECT \(columns) FROM \(table.quoted)").map { row in
            var counter = counter(try row.bytes(0), row[1])
            if !share.isEmpty {
                counter.delta = try row.integer(2)
                counter.notes += counter.delta > 1 ? ["remainder \(row.text(3))"] : []
            }
            return counter
        }
    }

    /// The rows of names that the database thinks equal to another one.
    private func rowsShared(
        with names: [[UInt8]], of table: TableName, _ database: LegacyDatabase
    ) throws -> [LegacyCounter] {
        var counters: [LegacyCounter] = []
        for name in names {
            guard let text = String(validating: name, as: UTF8.self) else { continue }
            let rows = try database.connection.rows(
                "SELECT \(self.name), \(value) FROM \(table.quoted) WHERE \(self.name) = ?", [.text(text)])
            for row in rows where try row.bytes(0) != name {
                var counter = counter(name, row[1])
                counter.notes.append("MySQL keeps it in the row of \(Printable.text(try row.bytes(0)))")
                counters.append(counter)
            }
        }
        return counters
    }

    private func counter(_ name: [UInt8], _ value: MySQLValue) -> LegacyCounter {
        var counter = LegacyCounter(name: name, value: LegacyDatabase.value(value), place: "MySQL")
        if isRounded { counter.noteRounding() }
        return counter
    }
}

extension LegacyCounter {
    /// Above this a double has no room for every whole number.
    private static let exact: UInt64 = 1 << 53

    /// Counts in that idalloc's script in Redis takes values for doubles: what is above 2^53 may be too low by half the distance
    /// of two doubles each time that Redis was restored from MySQL. Below 2^62 that distance is 512.
    mutating func noteRounding() {
        guard case .highest(let number) = value, number > Self.exact else { return }
        inaccuracy = 2_048
        notes.append("idalloc rounds above 2^53: 2048 more are left out")
    }
}
