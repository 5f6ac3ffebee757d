import Glibc

/// The write-ahead log of a database that is no longer there.
///
/// SQLite neither empties nor removes the log of a database that was moved away, and would replay it into whatever file
/// takes the place.
enum StaleLog {
    /// Takes the log beside `path` out of SQLite's sight, if it still is `log`. What it holds is kept, under another name.
    static func setAside(_ log: FileIdentity, at path: String, isEmpty: Bool = false) {
        guard identity(of: path + "-wal") == log else { return }
        if isEmpty {
            unlink(path + "-wal")
        } else {
            rename(path + "-wal", path + "-wal.stale")
        }
    }

    /// Does the same for a process that was killed, by the note that it left: its log is there, its database is not, or
    /// another one was copied over it.
    static func setAside(by note: DatabaseNote, at path: String) {
        guard let log = identity(of: path + "-wal"), "\(log)" == note.log, note.isOfAnother(fileAt: path) else {
            return
        }
        setAside(log, at: path)
    }

    /// A file that cannot be looked at is left alone: opening the database will say what is wrong.
    private static func identity(of path: String) -> FileIdentity? {
        do { return try FileIdentity.of(path) } catch { return nil }
    }
}
