import GRDB
import Glibc
import SystemSupport

/// A private copy of a database that another process may have open.
///
/// Its server keeps other programs out, and one that opened the file beside it could make or empty its log. So nothing is
/// opened: the files are read, the log last. Until the log begins anew, which its header shows, it holds every page that was
/// written since it began: whatever a checkpoint had or had not yet moved when the database was read does not matter. SQLite
/// leaves out an unfinished end of the log by itself.
final class DatabaseSnapshot {
    /// The largest file that is copied.
    static let limit: UInt64 = 1 << 30
    private static let attempts = 5

    private let directory: String
    /// The copy.
    var path: String { directory + "/copy" }

    /// Copies the database at `source`.
    init(of source: String) throws(SQLiteFileError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/ordinal-doctor-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SQLiteFileError("no copy can be made in \(parent): \(SystemError(errno)); set TMPDIR")
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for _ in 0..<Self.attempts {
            do throws(SystemError) {
                let before = try Generation(of: source)
                try Self.copy(source, to: path)
                try Self.copy(source + "-wal", to: path + "-wal")
                if try Generation(of: source) == before { return }
            } catch {
                throw SQLiteFileError("\(source) cannot be copied to \(parent): \(error)")
            }
        }
        throw SQLiteFileError(
            "\(source) is written to so often that no copy of it is whole: look when less is done")
    }

    deinit {
        for name in ["copy", "copy-wal", "copy-shm", "copy-journal"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    /// Lets `body` read the copy.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.label = "ordinal doctor"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let value = try queue.unsafeReentrantRead(body)
        try queue.close()
        return value
    }

    /// What stays the same as long as the copies of the two files belong together.
    private struct Generation: Equatable {
        private let file: FileIdentity
        /// The log may be emptied into the file and look as before.
        private let version: FileVersion
        private let logHeader: [UInt8]

        init(of path: String) throws(SystemError) {
            guard let status = try KernelCalls.status(of: path) else { throw SystemError(ENOENT) }
            (file, version) = (FileIdentity(status), FileVersion(status))
            logHeader = try Self.header(of: path + "-wal")
        }

        private static func header(of path: String) throws(SystemError) -> [UInt8] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                guard errno == ENOENT else { throw SystemError(errno) }
                return []
            }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = Glibc.read(descriptor, &bytes, bytes.count)
            guard count >= 0 else { throw SystemError(errno) }
            return Array(bytes[..<count])
        }
    }

    /// Copies a file; one that is not there leaves no copy.
    private static func copy(_ source: String, to target: String) throws(SystemError) {
        // Left by a previous attempt.
        unlink(target)
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else {
            guard errno == ENOENT else { throw SystemError(errno) }
            return
        }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw SystemError(errno) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var total: UInt64 = 0
        while true {
            let count = Glibc.read(input, &buffer, buffer.count)
            guard count > 0 else {
                guard count == 0 else { throw SystemError(errno) }
                return
            }
            total += UInt64(count)
            guard total <= limit else { throw SystemError(EFBIG) }
            guard write(output, buffer, count) == count else { throw SystemError(errno == 0 ? ENOSPC : errno) }
        }
    }
}
