import GRDB
import Ordinal

/// A database file and the lock on it: opens it, watches over it, and opens it anew when it must.
///
/// It is used by one thread at a time. Every transaction runs on the file that is at the path at that moment, and after
/// anything failed the next one begins with a fresh connection that has proved itself by a committed write.
final class DatabaseFile {
    /// Where the file is, without symbolic links.
    let path: String
    let fileSystem: FileSystem
    private let schema: DatabaseSchema
    private var lock: FileLock?
    private var connection: DatabaseConnection?
    /// A connection cannot be closed while a backup reads from it. Until then no transaction begins on it.
    private var isBackingUp = false
    private var mustReopen = false

    /// Opens the file at `path`, or makes one.
    init(path: String, schema: DatabaseSchema) throws(SQLiteFileError) {
        let (directory, resolved) = try DatabasePath.resolve(path)
        self.path = resolved
        self.schema = schema
        do { fileSystem = try FileSystem.of(directory: directory) } catch {
            throw SQLiteFileError("cannot tell the file system of \(directory): \(error)")
        }
        if case .unsafe(let reason) = fileSystem {
            throw SQLiteFileError(
                "\(resolved) lies in a file system that cannot hold a database safely: \(reason); use a local disk")
        }
        let lock = try FileLock(path: resolved + ".lock", for: resolved)
        self.lock = lock
        if let note = DatabaseNote(lock.note) { StaleLog.setAside(by: note, at: resolved) }
        try DatabasePath.makeIfMissing(resolved)
        do { connection = try open(mayBeNew: true) } catch { throw SQLiteFileError(using: self.path, error) }
    }

    /// Runs `body` in one transaction and returns when that is durable.
    ///
    /// What `body` found out may be told to others only afterwards.
    func transact(_ body: (Transaction) throws -> Void) throws(TransactionFailure) {
        let connection = try usableConnection()
        let home = Home(rawValue: "\(connection.file)/\(connection.marks.edition)")
        var isCommitting = false
        do {
            try connection.queue.unsafeReentrantWrite { db in
                try db.inTransaction(.immediate) {
                    try body(Transaction(db: db, home: home))
                    isCommitting = true
                    return .commit
                }
            }
        } catch {
            discardConnection()
            let reason = SQLiteFileError(using: path, error).description
            throw isCommitting ? .unconfirmed(reason) : .notDone(reason)
        }
    }

    /// Runs `body` with the connection that a backup may read from.
    func readForBackup(_ body: (Database) throws -> Void) throws(TransactionFailure) {
        let connection = try usableConnection()
        isBackingUp = true
        defer {
            isBackingUp = false
            if mustReopen { discardConnection() }
        }
        do { try connection.queue.unsafeReentrantWrite(body) } catch let error as TransactionFailure {
            throw error
        } catch {
            throw .notDone(SQLiteFileError(using: path, error).description)
        }
    }

    /// Throws if the file is no longer usable as it was when a backup of it began.
    func checkForBackup() throws {
        guard !mustReopen, try connection?.isAt(path) == true else {
            throw TransactionFailure.notDone("\(path) failed or was replaced during the backup")
        }
    }

    /// Closes the file and gives up the lock.
    func close() {
        connection?.close(at: path)
        connection = nil
        // Here and not with this object: a caller who is told that the file is closed may open it.
        lock = nil
    }

    private func usableConnection() throws(TransactionFailure) -> DatabaseConnection {
        guard lock != nil else { throw .notDone("the file is closed") }
        guard !mustReopen else { throw .notDone("\(path) is being opened again after an error") }
        do {
            if let connection {
                guard let isInPlace = try connection.isAt(path) else { throw MissingFile() }
                if isInPlace { return connection }
                discardConnection()
                guard !mustReopen else { throw TransactionFailure.notDone("\(path) was replaced") }
            }
            // Never a new database under a running server: it would begin at 1.
            let opened = try open(mayBeNew: false)
            connection = opened
            return opened
        } catch let failure as TransactionFailure {
            throw failure
        } catch {
            throw .notDone(SQLiteFileError(using: path, error).description)
        }
    }

    private func open(mayBeNew: Bool) throws -> DatabaseConnection {
        let isOlder = lock.flatMap { DatabaseNote($0.note) }?.isAhead(ofFileAt: path) ?? false
        let opened = try DatabaseConnection(path: path, schema: schema, mayBeNew: mayBeNew, isOlder: isOlder)
        // A file that was made or put here is in its directory for good, and the next process knows which log is whose.
        try DirectoryEntry.flush(of: path)
        try lock?.leave(DatabaseNote(of: opened).lines)
        return opened
    }

    private func discardConnection() {
        guard !isBackingUp else {
            mustReopen = true
            return
        }
        mustReopen = false
        connection?.close(at: path)
        connection = nil
    }
}
