import GRDB
import Ordinal

// Between rows and records.

extension Transaction {
    static let columns = "name, life, ceiling, origin, home, stamp, recent_size, increment, maximum"

    /// The values of a record in the order of the columns, without the name.
    static func values(of record: SequenceRecord) -> StatementArguments {
        [
            Bytes(record.life.bytes), record.ceiling, record.origin, record.home.rawValue,
            record.stamp.map { Int64(bitPattern: $0.rawValue) }, record.recentSize, record.options.increment,
            record.options.maximum,
        ]
    }

    /// A record from a row that begins with ``columns``.
    static func record(_ row: Row) throws(StoreError) -> SequenceRecord {
        let name = try name(row)
        do {
            let options = try SequenceOptions(
                increment: row.decode(Int64.self, atIndex: 7), maximum: row.decode(Int64.self, atIndex: 8))
            let stamp = try row.decode(Int64?.self, atIndex: 5).map { Stamp(rawValue: UInt64(bitPattern: $0)) }
            let record = SequenceRecord(
                name: name, life: try life(row, atIndex: 1), ceiling: try row.decode(Int64.self, atIndex: 2),
                origin: try row.decode(Int64.self, atIndex: 3),
                home: Home(rawValue: try row.decode(String.self, atIndex: 4)), stamp: stamp,
                recentSize: try row.decode(Int64.self, atIndex: 6), options: options)
            try options.check(ceiling: record.ceiling)
            try options.check(ceiling: record.origin)
            return record
        } catch {
            throw .unavailable("the row of \(name) is damaged (\(error)): restore a backup")
        }
    }

    /// The name in the first column.
    static func name(_ row: Row) throws(StoreError) -> SequenceName {
        do { return try SequenceName(row.decode(Bytes.self, atIndex: 0).array) } catch {
            throw .unavailable("the name in a row is damaged (\(error)): restore a backup")
        }
    }

    /// The life in a column.
    static func life(_ row: Row, atIndex index: Int) throws(StoreError) -> Life {
        do {
            guard let life = Life(bytes: try row.decode(Bytes.self, atIndex: index).array) else {
                throw StoreError.unavailable("it has another length")
            }
            return life
        } catch {
            throw .unavailable("the life in a row is damaged (\(error)): restore a backup")
        }
    }
}
