import GRDB
import Ordinal
import SystemSupport

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
    /// What somebody else is writing into the file, and since when it has been like this.
    private var writing: (version: FileVersion?, since: ContinuousClock.Instant)?

    /// A log that is longer is emptied into the file.
    private static let longestLog: UInt64 = 4 << 20
    /// How long nobody must have written into a file that somebody else wrote into.
    private static let settlingTime = Duration.seconds(1)

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
        do {
            // A database that was here is never begun anew by itself: it would begin at 1.
            let wasHere = DatabaseNote(lock.note) != nil
            if !wasHere { try DatabasePath.makeIfMissing(resolved) }
            connection = try open(mayBeNew: !wasHere)
        } catch is MissingFile {
            throw SQLiteFileError(
                """
                \(resolved) was here and is gone: put it back, or remove \(resolved).lock as well to begin with nothing
                """)
        } catch {
            throw SQLiteFileError(using: self.path, error)
        }
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
        guard !mustReopen, try connection?.place(from: path) == .here else {
            throw TransactionFailure.notDone("\(path) failed or was replaced during the backup")
        }
    }

    /// Empties the log into the file, if it has become long. To be called when nobody waits for an answer.
    ///
    /// A failure costs the connection: the next transaction begins with one that has proved itself, or tells why there is none.
    func shortenLog() {
        do {
            guard let connection, let log = try KernelCalls.status(of: path + "-wal"), log.size > Self.longestLog,
                try connection.place(from: path) == .here
            else { return }
            try connection.shortenLog(at: path)
            try leaveNote(of: connection, connection.marks)
        } catch {
            discardConnection()
        }
    }

    /// Closes the file and gives up the lock.
    func close() {
        if let connection, let marks = connection.close(at: path, isSound: true) {
            do { try leaveNote(of: connection, marks) } catch {
                // The file says itself that it was closed.
            }
        }
        connection = nil
        // Here and not with this object: a caller who is told that the file is closed may open it.
        lock = nil
    }

    private func usableConnection() throws(TransactionFailure) -> DatabaseConnection {
        guard lock != nil else { throw .notDone("the file is closed") }
        guard !mustReopen else { throw .notDone("\(path) is being opened again after an error") }
        do {
            if let connection {
                switch try connection.place(from: path) {
                case .here: return connection
                case .gone: throw MissingFile()
                case .replaced: break
                case .overwritten: writing = (nil, .now)
                }
                discardConnection()
                guard !mustReopen else { throw TransactionFailure.notDone("\(path) was replaced") }
            }
            try waitForWriter()
            // Never a new database under a running server: it would begin at 1.
            let opened = try open(mayBeNew: false)
            connection = opened
            writing = nil
            return opened
        } catch let failure as TransactionFailure {
            throw failure
        } catch {
            throw .notDone(SQLiteFileError(using: path, error).description)
        }
    }

    /// Refuses a file that somebody else is writing into, as `cp` does over a file that is in use: it may be half a copy.
    private func waitForWriter() throws {
        guard let writing else { return }
        let version = try FileVersion.of(path)
        if version != writing.version { self.writing = (version, .now) }
        guard version == writing.version, writing.since.duration(to: .now) > Self.settlingTime else {
            throw TransactionFailure.notDone(
                "another program writes into \(path): it is opened again when that has ended")
        }
    }

    private func open(mayBeNew: Bool) throws -> DatabaseConnection {
        let remains = try Remains(at: path, after: lock.flatMap { DatabaseNote($0.note) })
        if remains?.hasForeignLog == true { StaleLog.setAside(at: path) }
        // The log of a file that was written over is set aside: what was in it is lost, whatever the file says.
        let isOlder = remains?.isOlder == true || writing != nil
        let opened = try DatabaseConnection(path: path, schema: schema, mayBeNew: mayBeNew, isOlder: isOlder)
        // A file that was made or put here is in its directory for good, and the next process knows which log is whose.
        try DirectoryEntry.flush(of: path)
        try leaveNote(of: opened, opened.marks)
        return opened
    }

    private func leaveNote(of connection: DatabaseConnection, _ marks: FileMarks) throws(SystemError) {
        try lock?.leave(DatabaseNote(file: connection.file, log: connection.log, marks: marks).lines)
    }

    private func discardConnection() {
        guard !isBackingUp else {
            mustReopen = true
            return
        }
        mustReopen = false
        connection?.close(at: path, isSound: false)
        connection = nil
    }
}
