import GRDB
import SystemSupport

/// A connection whose commits are durable, and the files that it has open.
struct DatabaseConnection {
    let queue: DatabaseQueue
    /// The database file.
    let file: FileIdentity
    /// The write-ahead log beside it.
    let log: FileIdentity
    /// What the database file says of itself.
    let marks: FileMarks

    /// Opens the database at `path`, proves that it is what it should be, and that it can be written.
    ///
    /// - Parameters:
    ///   - mayBeNew: Whether a database with nothing in it is welcome.
    ///   - isOlder: Whether it is known to be an earlier copy. It becomes an edition of its own, so that it shows itself.
    init(path: String, schema: DatabaseSchema, mayBeNew: Bool, isOlder: Bool) throws {
        guard let file = try FileIdentity.of(path) else { throw MissingFile() }
        let queue = try DatabaseQueue(
            path: path, configuration: Self.configuration(path: path, schema: schema, mayBeNew: mayBeNew))
        do {
            let marks = try queue.unsafeReentrantWrite { db in
                try schema.migrate(db)
                try Self.emptyLog(db)
                // A write that is committed, whatever happened before.
                try db.inTransaction(.immediate) {
                    try db.execute(sql: "UPDATE meta SET opened = opened + 1")
                    if isOlder { try db.execute(sql: "UPDATE meta SET edition = randomblob(8)") }
                    return .commit
                }
                // Into the file itself: that is how it is told from an older one after a crash.
                try Self.emptyLog(db)
                guard let row = try Row.fetchOne(db, sql: "SELECT hex(edition), opened FROM meta") else {
                    throw SQLiteFileError("\(path) is damaged: it does not say what it is")
                }
                return FileMarks(edition: try row.decode(atIndex: 0), opened: try row.decode(atIndex: 1))
            }
            guard try FileIdentity.of(path) == file, let log = try FileIdentity.of(path + "-wal") else {
                throw MissingFile()
            }
            self.queue = queue
            self.marks = marks
            self.file = file
            self.log = log
        } catch {
            Self.close(queue)
            throw error
        }
    }

    private static func configuration(path: String, schema: DatabaseSchema, mayBeNew: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "ordinal"
        configuration.foreignKeysEnabled = false
        // A rollback that fails leaves a transaction open. The connection is closed then, and the process goes on.
        configuration.allowsUnsafeTransactions = true
        // `journalMode` stays as it is: GRDB's own WAL mode sets synchronous to NORMAL after this closure has run, and
        // the last commits before a power cut would be lost.
        configuration.prepareDatabase { db in
            // Before anything is read: it keeps the index of the log in this process's memory, and others out.
            try set("locking_mode", to: "EXCLUSIVE", expecting: "exclusive", db)
            try schema.check(db, at: path, mayBeNew: mayBeNew)
            try set("journal_mode", to: "WAL", expecting: "wal", db)
            try set("synchronous", to: "FULL", expecting: "2", db)
            try set("wal_autocheckpoint", to: "1000", expecting: "1000", db)
            // What a damaged or a forged file could do is worth these.
            try set("cell_size_check", to: "ON", expecting: "1", db)
            try set("trusted_schema", to: "OFF", expecting: "0", db)
        }
        return configuration
    }

    /// Sets a pragma and reads it back: SQLite answers no error when it cannot.
    private static func set(_ pragma: String, to value: String, expecting expected: String, _ db: Database) throws {
        // Names and values are constants of this file, and a pragma takes no bound parameters.
        try db.execute(sql: "PRAGMA \(pragma) = \(value)")
        let actual = try String.fetchOne(db, sql: "PRAGMA \(pragma)") ?? "nothing"
        guard actual == expected else {
            throw SQLiteFileError("SQLite does not take \(pragma) = \(value) here, it stays at \(actual)")
        }
    }

    /// Moves what the log holds into the database.
    ///
    /// After a flush that failed it is unknown which pages of the log are on the disk: the kernel forgets. Commits that
    /// were written after such a page would be lost with it, so no new one may rest on an old log.
    private static func emptyLog(_ db: Database) throws {
        // It answers whether another connection was in the way, and how many pages are left.
        let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        guard let row, try row.decode(Int.self, atIndex: 0) == 0, try row.decode(Int.self, atIndex: 1) == 0 else {
            throw SQLiteFileError("SQLite cannot empty its write-ahead log")
        }
    }

    /// Whether the files that are open are still those at `path`; nil if nothing is there.
    func isAt(_ path: String) throws(SystemError) -> Bool? {
        guard let present = try FileIdentity.of(path) else { return nil }
        guard present == file else { return false }
        return try FileIdentity.of(path + "-wal") == log
    }

    /// Closes the connection.
    ///
    /// - Parameter path: Where the database was opened. If it is no longer there, its log is taken away.
    func close(at path: String) {
        var wasMoved = false
        var isEmpty = false
        do {
            wasMoved = try FileIdentity.of(path) != file
            // Closing empties the log only of a file that is still in its place.
            if wasMoved {
                try queue.unsafeReentrantWrite { try Self.emptyLog($0) }
                isEmpty = true
            }
        } catch {
            // The log stays full, and is kept.
        }
        Self.close(queue)
        if wasMoved { StaleLog.setAside(log, at: path, isEmpty: isEmpty) }
    }

    private static func close(_ queue: DatabaseQueue) {
        // What cannot be closed in order is closed when the last reference goes.
        do { try queue.close() } catch {}
    }
}

/// Nothing is where the database should be.
struct MissingFile: Error {}
