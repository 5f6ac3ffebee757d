import GRDB
import Ordinal

extension Transaction {
    /// The number of one more change.
    func nextChange() throws -> Int64 {
        // The row is there before the commit, and stays in this transaction until then.
        let statement = try db.cachedStatement(sql: "UPDATE meta SET changes = changes + 1 RETURNING changes")
        guard let number = try Int64.fetchOne(statement) else { throw DatabaseError(message: "meta has no row") }
        return number
    }

    /// The identity of the file's contents, the number of the last change, and how many live sequences there are.
    func meta() throws -> (id: StoreID, changes: Int64, sequences: Int) {
        let statement = try db.cachedStatement(sql: "SELECT id, changes, sequences FROM meta")
        guard let row = try Row.fetchOne(statement),
            let id = try StoreID(bytes: row.decode(Bytes.self, atIndex: 0).array)
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "meta has no row") }
        return (id, try row.decode(Int64.self, atIndex: 1), try row.decode(Int.self, atIndex: 2))
    }
}
