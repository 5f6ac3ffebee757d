import Glibc
import SystemSupport

/// What a database file lies in and who may do what with it.
struct FileFacts: Hashable, Sendable {
    /// Without symbolic links.
    var path: String
    var fileSystem: FileSystem
    /// How the file system is mounted; nil if the kernel does not say.
    var mount: MountTable.Mount?
    /// How many bytes there is room for.
    var freeBytes: UInt64
    /// The number of the file system.
    var device: UInt64
    /// Nil if there is no file.
    var file: Ownership?
    var directory: Ownership
    /// Whether the user who asks may write the file, if there is one, and make files beside it.
    var isWritable: Bool
    /// Who asks.
    var user: UInt32
    /// Why the directory cannot be flushed, if so.
    var flushFailure: String?
    /// The process that has the database open, as far as it can be seen.
    var server: Int32?

    /// Whose a file is and who may do what with it.
    struct Ownership: Hashable, Sendable {
        var owner: UInt32
        var mode: UInt32
    }

    /// Looks at the file at `path` and changes nothing.
    static func read(_ path: String) throws(SQLiteFileError) -> FileFacts {
        let (directory, resolved) = try DatabasePath.resolve(path)
        do throws(SystemError) {
            let file = try KernelCalls.status(of: resolved)
            guard let place = try KernelCalls.status(of: directory) else { throw SystemError(ENOENT) }
            var room = statvfs()
            guard statvfs(directory, &room) == 0 else { throw SystemError(errno) }
            let lock = try KernelCalls.status(of: resolved + ".lock")
            let locks = FileText.read("/proc/locks").map { LockTable($0) }
            let isWritable =
                access(directory, W_OK) == 0 && (file == nil || access(resolved, W_OK | R_OK) == 0)
            return FileFacts(
                path: resolved, fileSystem: try FileSystem.of(directory: directory),
                mount: FileText.read("/proc/self/mountinfo").flatMap { MountTable($0).mount(of: directory) },
                freeBytes: UInt64(room.f_bavail) &* UInt64(room.f_frsize), device: place.device,
                file: file.map { Ownership(owner: $0.owner, mode: $0.mode) },
                directory: Ownership(owner: place.owner, mode: place.mode), isWritable: isWritable, user: geteuid(),
                flushFailure: flushFailure(resolved), server: lock.flatMap { locks?.holder(ofInode: $0.inode) })
        } catch {
            throw SQLiteFileError("\(resolved) cannot be looked at: \(error); run as the user who runs the server")
        }
    }

    private static func flushFailure(_ path: String) -> String? {
        do { try DirectoryEntry.flush(of: path) } catch { return "\(error)" }
        return nil
    }
}
