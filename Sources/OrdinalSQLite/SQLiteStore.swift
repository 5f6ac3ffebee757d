public import Ordinal

/// A store in one SQLite file, for one node.
///
/// ```swift
/// let store = try SQLiteStore.open(path: "ordinal.db")
/// ```
///
/// Every answer was committed and flushed to the disk before it was given. Calls that come while the disk is busy share the
/// next commit, so that many sequences cost little more than one.
///
/// The file may be replaced by an older copy of itself, even while it is in use: a copy is told from its original by the
/// inode and by a mark that every backup has of its own, and the first reservation of each sequence there leaves out
/// `failoverOffset` numbers.
///
/// If anything fails, the call says whether it is certain that nothing was written. The file is closed and opened again,
/// and calls are refused until a commit has succeeded.
public final class SQLiteStore: TransactionalStore, BackupStore {
    private let file: GroupCommit
    private let path: String
    private let durability: [String]

    /// What logs call this store.
    public var label: String { "sqlite:\(path)" }

    private init(_ file: GroupCommit, path: String, durability: [String]) {
        self.file = file
        self.path = path
        self.durability = durability
    }

    /// Opens the store at `path`, or makes one if there is no file.
    ///
    /// - Throws: ``SQLiteFileError`` if another process uses the file, if it is not a store or one of a newer version, if
    ///   its file system cannot hold a database safely, or if it cannot be read and written.
    public static func open(path: String) throws(SQLiteFileError) -> SQLiteStore {
        let database = try DatabaseFile(path: path, schema: .store)
        let (path, durability) = (database.path, database.fileSystem.durability)
        return SQLiteStore(try GroupCommit(database), path: path, durability: durability)
    }

    public func status() async throws(StoreError) -> StoreStatus {
        try await read { [durability] transaction in
            let meta = try transaction.meta()
            return StoreStatus(
                id: meta.id, home: transaction.home, sequences: meta.sequences, durability: durability)
        }
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await read { try $0.sequences(after: name, limit: limit) }
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await read { transaction in
            let newest = try transaction.meta().changes
            let found = try mark.map { try transaction.changes(after: $0.rawValue, limit: Changes.limit) }
            return Changes(since: mark, upTo: newest, found: found ?? [])
        }
    }

    public func backup(to path: String) async throws(StoreError) {
        do { try await file.backup(to: path) } catch { throw .unavailable(error.reason) }
    }

    public func close() async {
        await file.close()
    }

    public func transact<Value: Sendable>(
        _ name: SequenceName, lives: [Life], _ access: TransactionAccess,
        _ work: @escaping @Sendable (any SequenceTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        switch access {
        case .reading: try await read { try work($0) }
        case .writing: try await write { try work($0) }
        }
    }

    /// Runs `work` in a transaction and answers when that is durable.
    ///
    /// `work` may throw a `StoreError` as long as it has written nothing: the transaction goes on for the others in it.
    private func write<Value: Sendable>(
        _ work: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError>
        do {
            result = try await file.perform { transaction in
                do { return .success(try work(transaction)) } catch let error as StoreError { return .failure(error) }
            }
        } catch {
            switch error {
            case .notDone(let reason): throw .unavailable(reason)
            case .unconfirmed(let reason): throw .unknownOutcome(reason)
            }
        }
        return try result.get()
    }

    /// Runs `work`, which writes nothing: whatever fails, nothing happened.
    func read<Value: Sendable>(
        _ work: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await write(work) } catch .unknownOutcome(let reason) { throw .unavailable(reason) }
    }
}
