import Glibc
import SystemSupport

/// The lock file beside a database: one process at a time.
///
/// The lock is on the open file and ends with the process, however that ends. The file itself stays for ever: a
/// program that removed it would let two processes lock two different files, and SQLite's own exclusive lock alone would
/// keep the second one out. It also keeps a note for the process that comes next, from which that one learns that a
/// database was put back, taken away or parted from its log.
final class FileLock {
    /// What the last process that had the lock left behind, and then what this one does.
    private(set) var note: [String]
    private let descriptor: CInt

    /// Takes the lock, or throws who has it.
    init(path: String, for database: String) throws(SQLiteFileError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SQLiteFileError("cannot open the lock file \(path): \(SystemError(errno)); make it writable")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let owner = Self.lines(of: descriptor).first
            Glibc.close(descriptor)
            guard number == EWOULDBLOCK else {
                throw SQLiteFileError("cannot lock \(path): \(SystemError(number))")
            }
            throw SQLiteFileError(
                "\(database) is in use by process \(owner ?? "(unknown)"): stop that process, or use another file")
        }
        self.descriptor = descriptor
        note = Array(Self.lines(of: descriptor).dropFirst())
        do throws(SystemError) { try write(note) } catch {
            Glibc.close(descriptor)
            throw SQLiteFileError("cannot write the lock file \(path): \(error)")
        }
    }

    /// Leaves a note for the process that comes next. The first line is always the number of this process.
    func leave(_ note: [String]) throws(SystemError) {
        try write(note)
        self.note = note
    }

    private func write(_ note: [String]) throws(SystemError) {
        let bytes = Array(([String(getpid())] + note).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
        // In this order it also succeeds on a disk that is full.
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { throw SystemError(errno) }
        guard ftruncate(descriptor, off_t(bytes.count)) == 0, fsync(descriptor) == 0 else { throw SystemError(errno) }
    }

    /// The lines of the file. A note is a few dozen bytes; what is longer was not written by us.
    private static func lines(of descriptor: CInt) -> [String] {
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0, let text = String(validating: bytes[..<count], as: UTF8.self) else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    deinit {
        // A process that this one is just starting may have the descriptor, too, and the lock with it.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
    }
}
