import Glibc

/// The write-ahead log of a database that is no longer there.
///
/// SQLite neither empties nor removes the log of a database that was moved away, and would replay it into whatever file
/// takes the place.
enum StaleLog {
    /// Takes the log beside `path` out of SQLite's sight. What it holds is kept, under another name.
    static func setAside(at path: String) {
        let log = path + "-wal"
        var status = stat()
        guard stat(log, &status) == 0 else { return }
        if status.st_size == 0 { unlink(log) } else { rename(log, log + ".stale") }
    }
}
