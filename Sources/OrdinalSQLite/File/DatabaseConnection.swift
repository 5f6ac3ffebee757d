import CSQLite
import GRDB
import SystemSupport

/// A connection whose commits are durable, and the files that it has open.
///
/// Commits go into the log. The database file itself is written only when the log is emptied into it, and that is done
/// here alone: so whoever else writes into the file shows himself. Like ``DatabaseFile`` it is used by one thread at a time.
final class DatabaseConnection {
    let queue: DatabaseQueue
    /// The database file.
    let file: FileIdentity
    /// The write-ahead log beside it.
    let log: FileIdentity
    /// What the database file says of itself.
    private(set) var marks: FileMarks
    /// The database file as it was last written; nil while it is written, and for good if that failed: what is in the file
    /// then is no copy that somebody put there.
    private var version: FileVersion?

    /// Opens the database at `path`, proves that it is what it should be, and that it can be written.
    ///
    /// - Parameters:
    ///   - mayBeNew: Whether a database with nothing in it is welcome.
    ///   - isOlder: Whether it is known to lack what was confirmed. It becomes an edition of its own, so that it shows itself.
    init(path: String, schema: DatabaseSchema, mayBeNew: Bool, isOlder: Bool) throws {
        guard let status = try KernelCalls.status(of: path) else { throw MissingFile() }
        // SQLite would take the log of an empty file away, and with it what is missing in the file.
        guard mayBeNew || status.size > 0 else { throw DatabaseSchema.emptyFile(path) }
        let file = FileIdentity(status)
        let queue = try DatabaseQueue(
            path: path, configuration: Self.configuration(path: path, schema: schema, mayBeNew: mayBeNew))
        do {
            marks = try queue.unsafeReentrantWrite { db in
                for setting in Self.settings { try setting.check(db) }
                try Self.emptyLog(db)
                if try schema.mustMigrate(db) {
                    // What is written into a file that says it is closed belongs to no log.
                    if try schema.isThere(db) { _ = try Self.mark(db, Self.inUse) }
                    try schema.migrate(db)
                }
                // A write that is committed, whatever happened before.
                return try Self.mark(db, Self.inUse + (isOlder ? ", edition = randomblob(8)" : ""))
            }
            guard let status = try KernelCalls.status(of: path), FileIdentity(status) == file,
                let log = try FileIdentity.of(path + "-wal")
            else { throw MissingFile() }
            self.queue = queue
            self.file = file
            self.log = log
            version = FileVersion(status)
        } catch {
            Self.close(queue, keepingLog: true)
            throw error
        }
    }

    /// A setting of the connection. SQLite answers no error when it cannot do it.
    private struct Setting {
        let pragma: String
        let value: String
        /// What SQLite says of it when it is done.
        let answer: String

        init(_ pragma: String, _ value: String, _ answer: String) {
            (self.pragma, self.value, self.answer) = (pragma, value, answer)
        }

        // Names and values are constants of this file, and a pragma takes no bound parameters.
        func make(_ db: Database) throws {
            try db.execute(sql: "PRAGMA \(pragma) = \(value)")
            try check(db)
        }

        func check(_ db: Database) throws {
            let actual = try String.fetchOne(db, sql: "PRAGMA \(pragma)") ?? "nothing"
            guard actual == answer else {
                throw SQLiteFileError("SQLite does not take \(pragma) = \(value) here, it stays at \(actual)")
            }
        }
    }

    private static let settings = [
        // Before anything is read: it keeps the index of the log in this process's memory, and others out.
        Setting("locking_mode", "EXCLUSIVE", "exclusive"),
        Setting("journal_mode", "WAL", "wal"),
        Setting("synchronous", "FULL", "2"),
        // It would not tell anybody when it fails. See `shortenLog()`.
        Setting("wal_autocheckpoint", "0", "0"),
        // What a damaged or a forged file could do is worth these.
        Setting("cell_size_check", "ON", "1"),
        Setting("trusted_schema", "OFF", "0"),
    ]

    private static func configuration(path: String, schema: DatabaseSchema, mayBeNew: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "ordinal"
        configuration.foreignKeysEnabled = false
        // A rollback that fails leaves a transaction open. The connection is closed then, and the process goes on.
        configuration.allowsUnsafeTransactions = true
        // `journalMode` stays as it is: GRDB's own WAL mode sets synchronous to NORMAL after this closure has run, and
        // the last commits before a power cut would be lost. So the settings are looked at once more when it is done.
        configuration.prepareDatabase { db in
            // Whatever fails from here on, the log of a crash stays for the next attempt.
            keepLog(true, of: db)
            try settings[0].make(db)
            try schema.check(db, at: path, mayBeNew: mayBeNew)
            for setting in settings.dropFirst() { try setting.make(db) }
        }
        return configuration
    }

    // MARK: - The file itself

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

    /// The next generation of a file that is in use.
    private static let inUse = "generation = (generation | 1) + 2"

    /// Changes what the file says of itself, in the file and not only in the log: that is how it is told from older ones.
    private static func mark(_ db: Database, _ assignments: String) throws -> FileMarks {
        try db.inTransaction(.immediate) {
            try db.execute(sql: "UPDATE meta SET \(assignments)")
            return .commit
        }
        try emptyLog(db)
        guard let row = try Row.fetchOne(db, sql: "SELECT hex(edition), generation FROM meta") else {
            throw SQLiteFileError("the database is damaged: it does not say what it is")
        }
        return FileMarks(edition: try row.decode(atIndex: 0), generation: try row.decode(atIndex: 1))
    }

    /// Empties the log into the file at `path`, which must be this one.
    func shortenLog(at path: String) throws {
        version = nil
        marks = try queue.unsafeReentrantWrite { try Self.mark($0, "generation = generation + 2") }
        guard let version = try FileVersion.of(path) else { throw MissingFile() }
        self.version = version
    }

    /// Where the files of a connection are.
    enum Place {
        case here
        /// Nothing is at the path.
        case gone
        /// Another file is at the path, or another log.
        case replaced
        /// Somebody else has written into the file.
        case overwritten
    }

    /// Where the files that are open are, as seen from `path`.
    func place(from path: String) throws(SystemError) -> Place {
        guard let status = try KernelCalls.status(of: path) else { return .gone }
        guard FileIdentity(status) == file else { return .replaced }
        guard version == nil || FileVersion(status) == version else { return .overwritten }
        return try FileIdentity.of(path + "-wal") == log ? .here : .replaced
    }

    // MARK: - The end

    /// Closes the connection. If it can be done, all is in the database file then, and that says so.
    ///
    /// The log of a file that is no longer at its place is taken from there: SQLite would replay it into what comes.
    ///
    /// - Parameters:
    ///   - path: Where the database was opened.
    ///   - isSound: Whether nothing has failed. Otherwise the log stays: nobody knows what of it can still be read.
    /// - Returns: What the file at `path` says of itself now, if it was closed in good order.
    @discardableResult
    func close(at path: String, isSound: Bool) -> FileMarks? {
        var place: Place?
        var marks: FileMarks?
        do {
            place = try self.place(from: path)
            let mayMark = place == .gone || place == .replaced || place == .here && isSound
            if mayMark {
                marks = try queue.unsafeReentrantWrite { db in
                    // All the rest first: a file that says it is closed and is not whole would have no log.
                    try Self.emptyLog(db)
                    return try Self.mark(db, "generation = generation + 1")
                }
            }
        } catch {
            // The log stays full, and is kept.
        }
        Self.close(queue, keepingLog: marks == nil)
        if let place, place != .here { StaleLog.setAside(log, at: path) }
        return place == .here ? marks : nil
    }

    private static func close(_ queue: DatabaseQueue, keepingLog: Bool) {
        queue.unsafeReentrantWrite { keepLog(keepingLog, of: $0) }
        // What cannot be closed in order is closed when the last reference goes.
        do { try queue.close() } catch {}
    }

    /// Whether the log stays as it is when the connection is closed.
    private static func keepLog(_ isKept: Bool, of db: Database) {
        guard let connection = db.sqliteConnection else { return }
        _ = sqlite_keep_log_on_close(UnsafeMutableRawPointer(connection), isKept ? 1 : 0)
    }
}

/// Nothing is where the database should be.
struct MissingFile: Error {}
