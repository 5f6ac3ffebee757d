import GRDB
package import Ordinal

/// What an inspection read of a store in an SQLite file.
package struct SQLiteFacts: StoreFacts {
    struct Contents: Hashable, Sendable {
        let id: StoreID
        let records: [SequenceRecord]
    }

    let file: FileFacts
    let database: DatabaseFacts<Contents>

    package var id: StoreID? { database.contents?.id }
    package var records: [SequenceRecord] { database.contents?.records ?? [] }
    package var roundTrips: [Duration] { [] }
    /// The process that serves from the file, if one was seen.
    package var server: Int32? { file.server }

    /// Reads the file at `path` and changes nothing, not even when a server has it open.
    ///
    /// - Throws: ``SQLiteFileError`` if there is no such directory or nothing of it can be seen.
    package static func read(_ path: String) throws(SQLiteFileError) -> SQLiteFacts {
        let file = try FileFacts.read(path)
        return SQLiteFacts(
            file: file,
            database: DatabaseFacts(file.path, schema: .store) { db in
                let columns = Transaction.columns
                let rows = try Row.fetchAll(
                    db, sql: "SELECT \(columns) FROM sequences ORDER BY name LIMIT \(StoreFactsLimit.records)")
                let transaction = Transaction(db: db, home: Home(rawValue: ""))
                return Contents(id: try transaction.meta().id, records: try rows.map { try Transaction.record($0) })
            })
    }

    package func findings(at stakes: Stakes) -> [Finding] {
        file.findings("SQLite file") + [database.finding("SQLite file")] + [usage].compactMap(\.self)
    }

    private var usage: Finding? {
        guard database != .absent else { return nil }
        return Finding(
            .ok, "SQLite file: server",
            seen: server.map { "in use by process \($0)" } ?? "no server was seen to use it",
            meaning: "it was read from a copy, so that nobody was disturbed")
    }
}
