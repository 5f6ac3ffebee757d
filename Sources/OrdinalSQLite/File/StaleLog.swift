import Glibc

/// The write-ahead log of a database that is no longer there.
///
/// SQLite neither empties nor removes the log of a database that was moved away, and would replay it into whatever file
/// takes the place.
enum StaleLog {
    /// Takes this log out of SQLite's sight, if it still lies beside `path`. One that cannot be looked at is left alone.
    static func setAside(_ log: FileIdentity, at path: String) {
        do { if try FileIdentity.of(path + "-wal") != log { return } } catch { return }
        setAside(at: path)
    }

    /// Takes the log beside `path` out of SQLite's sight. What it holds is kept, under another name.
    static func setAside(at path: String) {
        let log = path + "-wal"
        var status = stat()
        guard stat(log, &status) == 0 else { return }
        guard status.st_size > 0 else {
            unlink(log)
            return
        }
        // Each under a name of its own, up to a number that nobody reaches.
        let names = (0..<1_000).lazy.map { $0 == 0 ? "\(log).stale" : "\(log).stale.\($0)" }
        rename(log, names.first { access($0, F_OK) != 0 } ?? "\(log).stale")
    }
}
