import Glibc
import SystemSupport

/// Where a database is to be.
enum DatabasePath {
    /// The directory of `path` and the whole of it, both absolute and without symbolic links.
    static func resolve(_ path: String) throws(SQLiteFileError) -> (directory: String, path: String) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw SQLiteFileError("the path of the database is empty") }
        guard let slash = path.lastIndex(of: "/") else { return try resolve("./" + path) }
        let name = path[path.index(after: slash)...]
        guard !name.isEmpty, name != ".", name != ".." else {
            throw SQLiteFileError("\(path) is a directory: add the name of a file")
        }
        if let resolved = realPath(path), let end = resolved.lastIndex(of: "/") {
            return (end == resolved.startIndex ? "/" : String(resolved[..<end]), resolved)
        }
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        guard let directory = realPath(parent) else {
            let error = SystemError(errno)
            throw error.number == ENOENT
                ? SQLiteFileError("the directory \(parent) does not exist: create it")
                : SQLiteFileError("the directory \(parent) cannot be used: \(error)")
        }
        return (directory, directory == "/" ? "/\(name)" : "\(directory)/\(name)")
    }

    /// Creates an empty file if there is none.
    static func makeIfMissing(_ path: String) throws(SQLiteFileError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        let number = errno
        var status = stat()
        // It is not opened to be looked at: closing it again would drop SQLite's locks on it in this process.
        guard number == EEXIST, stat(path, &status) == 0 else {
            throw SQLiteFileError("cannot create \(path): \(SystemError(number)); make its directory writable")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SQLiteFileError("\(path) is not a file: use another path")
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// The name of a file in its directory, which must be flushed like the file.
enum DirectoryEntry {
    /// Makes the directory of `path` durable as it is now.
    static func flush(of path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let descriptor = open(slash == path.startIndex ? "/" : String(path[..<slash]), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError(errno) }
    }
}
