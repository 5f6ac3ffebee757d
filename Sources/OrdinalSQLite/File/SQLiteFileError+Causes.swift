import GRDB

// What went wrong, in words that say what to do.

extension SQLiteFileError {
    /// Why the database at `path` could not be opened or used.
    init(using path: String, _ error: any Error) {
        switch error {
        case let error as SQLiteFileError:
            self = error
        case is MissingFile:
            self.init("there is no file at \(path) any more: put it back")
        case let error as DatabaseError:
            self.init("\(path): \(Self.advice(on: error, at: path))")
        default:
            self.init("\(path): \(error)")
        }
    }

    private static func advice(on error: DatabaseError, at path: String) -> String {
        let text = error.message ?? error.resultCode.description
        switch error.resultCode.primaryResultCode {
        case .SQLITE_NOTADB: return "the file is not an SQLite database: use another path"
        case .SQLITE_BUSY, .SQLITE_LOCKED: return "another program has the database open: close it there"
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return "the database cannot be written (\(text)): make the file and its directory writable"
        case .SQLITE_CANTOPEN: return "the database cannot be opened (\(text)): check the permissions"
        case .SQLITE_FULL: return "the disk is full (\(text)): make room"
        case .SQLITE_CORRUPT: return "the database is damaged (\(text)): restore a backup"
        case .SQLITE_IOERR: return "the disk failed (\(text), code \(error.extendedResultCode.rawValue))"
        default: return text
        }
    }
}
