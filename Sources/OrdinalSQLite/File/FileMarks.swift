import GRDBSQLite
import Locations

/// What a database file says of itself without its write-ahead log.
struct FileMarks {
    /// Tells a backup from what it is a copy of.
    let edition: String
    /// Rises whenever the file is written: at each opening, when the log is emptied into it, and when it is closed. A file
    /// that says less than was noted is an older one.
    let generation: Int64

    /// Whether the file was closed in good order, so that no log belongs to it. While it is in use the generation is odd.
    var isClosed: Bool { generation.isMultiple(of: 2) }

    /// Reads the file at `path` alone, as if there were no log beside it; nil if it cannot be read.
    static func ofFile(at path: String) -> FileMarks? {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        // An immutable database has no log, and none is made.
        let location = "file:\(PercentEncoding.encode(path, keeping: "/"))?immutable=1"
        guard sqlite3_open_v2(location, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil) == SQLITE_OK else {
            return nil
        }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard
            sqlite3_prepare_v2(database, "SELECT hex(edition), generation FROM meta", -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW, let edition = sqlite3_column_text(statement, 0)
        else { return nil }
        return FileMarks(edition: String(cString: edition), generation: sqlite3_column_int64(statement, 1))
    }
}
