import GRDB
import Ordinal

/// What a database file holds.
enum DatabaseFacts<Contents: Sendable & Hashable>: Hashable, Sendable {
    /// There is no file, or nothing in it.
    case absent
    /// It cannot be read. The text says why and what to do.
    case unreadable(String)
    /// A server would not open it: it is of another kind or of a newer version. The text says which.
    case refused(String)
    /// It is damaged. The texts say where.
    case damaged([String])
    case sound(Contents, journalMode: String)

    /// How many places of a damaged file are told.
    private static var damageLimit: Int { 5 }

    /// Reads a copy of the file at `path`.
    init(_ path: String, schema: DatabaseSchema, _ contents: (Database) throws -> Contents) {
        do {
            guard let status = try KernelCalls.status(of: path), status.size > 0 else {
                self = .absent
                return
            }
            let first = try Self.read(path, schema, contents)
            guard case .damaged = first else {
                self = first
                return
            }
            // A danger like this is not told because of one bad copy of a file in use.
            self = try Self.read(path, schema, contents)
        } catch {
            self = .unreadable("\(SQLiteFileError(using: path, error))")
        }
    }

    private static func read(
        _ path: String, _ schema: DatabaseSchema, _ contents: (Database) throws -> Contents
    ) throws -> DatabaseFacts {
        let copy = try DatabaseSnapshot(of: path)
        do {
            return try copy.read { db in
                do { try schema.check(db, at: path, mayBeNew: true) } catch let error as SQLiteFileError {
                    return .refused(error.description)
                }
                guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 > 0 else { return .absent }
                let answers = try String.fetchAll(db, sql: "PRAGMA quick_check(\(damageLimit))")
                guard answers == ["ok"] else { return .damaged(answers) }
                return .sound(
                    try contents(db), journalMode: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "unknown")
            }
        } catch let error as StoreError {
            // A row that no record can have been.
            return .damaged(["\(error)"])
        } catch let error as DatabaseError {
            switch error.resultCode.primaryResultCode {
            case .SQLITE_CORRUPT: return .damaged([error.message ?? "a page"])
            case .SQLITE_NOTADB: return .refused("\(path) is not an SQLite database: use another path")
            default: throw error
            }
        }
    }

    var contents: Contents? {
        if case .sound(let contents, _) = self { contents } else { nil }
    }
}

extension DatabaseFacts {
    /// What the state of the file means, before anybody looks at what it holds.
    func finding(_ subject: String) -> Finding {
        let subject = "\(subject): contents"
        switch self {
        case .absent:
            return Finding(
                .note, subject, seen: "never prepared: there is no file, or nothing in it",
                meaning: "nothing can be lost yet; the first `ordinal serve` makes it")
        case .unreadable(let reason):
            return .notInspected(subject, because: reason, remedy: "run as the user who runs the server")
        case .refused(let reason):
            return Finding(
                .warning, subject, seen: reason, meaning: "a server refuses to start on it",
                remedy: "name the right file, or use the version of Ordinal that wrote it")
        case .damaged(let places):
            return Finding(
                .danger, subject, seen: "SQLite's quick_check: \(places.joined(separator: "; "))",
                meaning: "ceilings may be wrong or gone, and their numbers are handed out again",
                remedy: """
                    stop the server, restore a backup, start, and run `ordinal advance --all --by N` before numbers \
                    are taken
                    """,
                repeated: .unlimited)
        case .sound(_, let mode):
            return Finding(
                .ok, subject, seen: "quick_check finds no damage; journal_mode \(mode)",
                meaning: """
                    a server sets write-ahead log and synchronous=FULL on every connection and reads them back: a \
                    crash or a power cut loses nothing that was confirmed
                    """)
        }
    }
}
