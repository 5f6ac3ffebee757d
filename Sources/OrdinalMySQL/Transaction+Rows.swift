import Ordinal

// Between rows and records.

extension Transaction {
    static let columns = "name, life, ceiling, origin, home, stamp, recent_size, increment, maximum"

    /// The values of a record in the order of the columns, without the name.
    static func values(of record: SequenceRecord) -> [MySQLValue] {
        [
            .bytes(record.life.bytes), .integer(record.ceiling), .integer(record.origin),
            .bytes(Array(record.home.rawValue.utf8)),
            record.stamp.map { .integer(Int64(bitPattern: $0.rawValue)) } ?? .null,
            .integer(record.recentSize), .integer(record.options.increment), .integer(record.options.maximum),
        ]
    }

    /// A record from a row that begins with ``columns``.
    static func record(_ row: MySQLRow) throws(StoreError) -> SequenceRecord {
        let name = try name(row)
        do {
            let options = try SequenceOptions(increment: try row.integer(7), maximum: try row.integer(8))
            let stamp = row[5] == .null ? nil : Stamp(rawValue: UInt64(bitPattern: try row.integer(5)))
            let record = SequenceRecord(
                name: name, life: try life(row, 1), ceiling: try row.integer(2), origin: try row.integer(3),
                home: Home(rawValue: String(decoding: try row.bytes(4), as: UTF8.self)), stamp: stamp,
                recentSize: try row.integer(6), options: options)
            try options.check(ceiling: record.ceiling)
            try options.check(ceiling: record.origin)
            return record
        } catch {
            throw .unavailable("the row of \(name) is damaged (\(error)): restore a backup")
        }
    }

    /// The name in the first column.
    static func name(_ row: MySQLRow) throws(StoreError) -> SequenceName {
        do { return try SequenceName(try row.bytes(0)) } catch {
            throw .unavailable("the name in a row is damaged (\(error)): restore a backup")
        }
    }

    /// The life in a column.
    static func life(_ row: MySQLRow, _ index: Int) throws(StoreError) -> Life {
        guard case .bytes(let bytes) = row[index], let life = Life(bytes: bytes) else {
            throw .unavailable("the life of \(row.text(0)) is damaged: restore a backup")
        }
        return life
    }
}
