import struct Foundation.Data
import GRDB

/// Bytes as a value of SQLite. They are compared one by one, whatever text they stand for.
struct Bytes: DatabaseValueConvertible {
    let array: [UInt8]

    init(_ array: [UInt8]) { self.array = array }

    var databaseValue: DatabaseValue { Data(array).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Bytes? {
        Data.fromDatabaseValue(value).map { Bytes(Array($0)) }
    }
}
