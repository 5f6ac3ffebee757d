import GRDB
public import Ordinal

/// A journal in an SQLite file of its own.
///
/// Keep it apart from the store's file: it tells that a store was restored only if it was not restored with it. Entries of
/// several stores lie beside each other.
public final class SQLiteJournal: Journal {
    private let file: GroupCommit

    private init(_ file: GroupCommit) { self.file = file }

    /// Opens the journal at `path`, or makes one if there is no file.
    ///
    /// - Throws: ``SQLiteFileError``, for the same reasons as a store.
    public static func open(path: String) throws(SQLiteFileError) -> SQLiteJournal {
        SQLiteJournal(try GroupCommit(try DatabaseFile(path: path, schema: .journal)))
    }

    public func latest(of name: SequenceName, in store: StoreID) async throws(JournalError) -> JournalEntry? {
        try await perform { transaction in
            try Self.entry(
                of: name, transaction, where: "store = ? AND name = ? ORDER BY updated DESC LIMIT 1",
                [Bytes(store.bytes), Bytes(name.bytes)])
        }
    }

    public func entry(
        of name: SequenceName, life: Life, in store: StoreID
    ) async throws(JournalError) -> JournalEntry? {
        try await perform { transaction in
            try Self.entry(
                of: name, transaction, where: "store = ? AND name = ? AND life = ?",
                [Bytes(store.bytes), Bytes(name.bytes), Bytes(life.bytes)])
        }
    }

    public func record(_ entry: JournalEntry, of name: SequenceName, in store: StoreID) async throws(JournalError) {
        try await perform { transaction in
            let statement = try transaction.db.cachedStatement(
                sql: "INSERT OR REPLACE INTO floors VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            try statement.execute(arguments: [
                Bytes(store.bytes), Bytes(name.bytes), Bytes(entry.life.bytes), entry.floor, entry.options.increment,
                entry.options.maximum, entry.recentSize, try transaction.nextChange(),
            ])
        }
    }

    public func close() async {
        await file.close()
    }

    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(JournalError) -> Value {
        let result: Result<Value, JournalError>
        do {
            result = try await file.perform { transaction in
                do { return .success(try work(transaction)) } catch let error as JournalError { return .failure(error) }
            }
        } catch {
            throw JournalError(error.reason)
        }
        return try result.get()
    }

    /// - Parameters:
    ///   - condition: SQL of our own, without values.
    ///   - arguments: The values.
    private static func entry(
        of name: SequenceName, _ transaction: Transaction, where condition: String, _ arguments: StatementArguments
    ) throws -> JournalEntry? {
        let statement = try transaction.db.cachedStatement(
            sql: "SELECT life, floor, increment, maximum, recent_size FROM floors WHERE \(condition)")
        guard let row = try Row.fetchOne(statement, arguments: arguments) else { return nil }
        do {
            let options = try SequenceOptions(
                increment: row.decode(Int64.self, atIndex: 2), maximum: row.decode(Int64.self, atIndex: 3))
            return JournalEntry(
                life: try Transaction.life(row, atIndex: 0), floor: try row.decode(Int64.self, atIndex: 1),
                options: options, recentSize: try row.decode(Int64.self, atIndex: 4))
        } catch {
            throw JournalError("the journal's entry of \(name) is damaged: \(error)")
        }
    }
}
