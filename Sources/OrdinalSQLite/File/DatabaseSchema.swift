import GRDB

/// What a database file is for, and how its tables come to be.
struct DatabaseSchema: Sendable {
    /// What the file is called in messages, such as "an Ordinal store".
    let title: String
    /// Marks the file as ours, in the header of every SQLite database.
    let applicationID: Int32
    /// What brings a file from each version to the next. Version 1 is the result of the first.
    let migrations: [String]

    /// The table that every file of ours has. It has one row.
    ///
    /// `edition` tells a backup from what it is a copy of, `generation` an older copy (``FileMarks``), and `changes` counts.
    static let metaTable = """
        CREATE TABLE meta (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            id BLOB NOT NULL CHECK (length(id) = 16),
            edition BLOB NOT NULL CHECK (length(edition) = 8),
            generation INTEGER NOT NULL,
            changes INTEGER NOT NULL,
            sequences INTEGER NOT NULL
        ) STRICT;
        INSERT INTO meta VALUES (1, randomblob(16), randomblob(8), 0, 0, 0);
        """

    /// Refuses a file that is not ours or that a newer program wrote. Changes nothing.
    ///
    /// - Parameter mayBeNew: Whether a database with nothing in it is welcome.
    func check(_ db: Database, at path: String, mayBeNew: Bool) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try version(db)
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
        if application == 0, version == 0, isEmpty {
            guard mayBeNew else { throw Self.emptyFile(path) }
            return
        }
        guard application == applicationID else {
            throw SQLiteFileError("\(path) is a database of another kind, not \(title): use another file")
        }
        guard (0...migrations.count).contains(version) else {
            throw SQLiteFileError(
                """
                \(path) was written by a newer version of Ordinal (schema \(version), this one knows \
                \(migrations.count)): use that version
                """)
        }
    }

    static func emptyFile(_ path: String) -> SQLiteFileError {
        SQLiteFileError("\(path) is empty: put the database back")
    }

    /// Whether the file has tables of ours.
    func isThere(_ db: Database) throws -> Bool { try version(db) > 0 }

    /// Whether there is a newer version of them.
    func mustMigrate(_ db: Database) throws -> Bool { try version(db) < migrations.count }

    private func version(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }

    /// Brings the file to the newest version, all or nothing.
    func migrate(_ db: Database) throws {
        let version = try version(db)
        try db.inTransaction(.immediate) {
            for migration in migrations[version...] { try db.execute(sql: migration) }
            // Numbers of our own, and a pragma takes no bound parameters.
            try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(migrations.count)")
            return .commit
        }
    }
}
