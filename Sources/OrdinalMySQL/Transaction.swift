import Ordinal

/// What one transaction works with.
struct Transaction {
    let connection: MySQLConnection
    let access: TransactionAccess
    /// The identity of what is in the tables.
    let storeID: StoreID
    /// The server that it runs on.
    let home: Home

    /// What follows a SELECT of rows that decide what is written: they are read as they are now, and stay so.
    var hold: String {
        switch access {
        case .reading: ""
        case .writing: " FOR UPDATE"
        }
    }

    /// The number of one more change.
    ///
    /// From here on no other transaction counts until this one has ended: it is the last thing that a transaction waits for.
    func nextChange() throws -> Int64 {
        let number = try changes() + 1
        // Not `changes + 1`: what is replicated is a literal.
        try connection.executeOne("UPDATE ordinal_meta SET changes = ? WHERE singleton = 1", [.integer(number)])
        return number
    }

    /// The number of the last change.
    func changes() throws -> Int64 {
        guard let row = try connection.rows("SELECT changes FROM ordinal_meta WHERE singleton = 1\(hold)").first
        else { throw MySQLFailure("ordinal_meta has no row: restore a backup") }
        return try row.integer(0)
    }
}

extension MySQLConnection {
    /// Executes a statement that must find one row.
    func executeOne(_ sql: String, _ parameters: [MySQLValue]) throws {
        let count = try execute(sql, parameters)
        guard count == 1 else {
            throw MySQLFailure("a statement found \(count) rows instead of one", isConnectionLost: true)
        }
    }
}
