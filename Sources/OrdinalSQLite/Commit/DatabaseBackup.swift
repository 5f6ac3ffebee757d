import GRDB
import Glibc
import SystemSupport

/// Copies a database while it is in use.
enum DatabaseBackup {
    /// How many pages are copied between two looks at what else is to be done.
    private static let pagesPerStep: CInt = 256

    /// Writes a consistent, durable copy of `file` to `path`, which must not exist.
    ///
    /// The copy grows beside its place, under another name, and gets its own only when it is whole: what a crash leaves
    /// behind cannot be taken for a backup. Changes that are committed while it is being made are in it.
    ///
    /// - Parameters:
    ///   - file: The database.
    ///   - path: An absolute path. Nothing is ever overwritten.
    ///   - pause: Called between the steps. It may commit changes.
    static func write(
        _ file: DatabaseFile, to path: String, pause: @escaping () throws -> Void
    ) throws(TransactionFailure) {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw .notDone("the path of a backup must be absolute, not \(path)")
        }
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw .notDone("\(path) exists already, and a backup never overwrites: choose another path")
        }
        let draft = path + ".partial"
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let error = SystemError(errno)
            throw error.number == EEXIST
                ? .notDone("\(draft) is there: a backup did not end; remove it")
                : .notDone("cannot create \(draft): \(error)")
        }
        defer {
            Glibc.close(descriptor)
            unlink(draft)
            unlink(draft + "-journal")
        }
        do {
            try file.readForBackup { source in try copy(source, to: draft, pause: pause) }
        } catch {
            throw .notDone("the backup failed: \(error.reason)")
        }
        do {
            guard fsync(descriptor) == 0 else { throw SystemError(errno) }
            // Unlike a rename, a link never takes the place of another file.
            guard link(draft, path) == 0 else { throw SystemError(errno) }
        } catch {
            throw .notDone("cannot finish the backup \(path): \(error)")
        }
        unlink(draft)
        do { try DirectoryEntry.flush(of: path) } catch {
            unlink(path)
            throw .notDone("cannot flush the directory of \(path): \(error)")
        }
    }

    private static func copy(_ source: Database, to draft: String, pause: @escaping () throws -> Void) throws {
        let target = try DatabaseQueue(path: draft)
        do {
            try target.writeWithoutTransaction { target in
                try source.backup(to: target, pagesPerStep: pagesPerStep) { progress in
                    if !progress.isCompleted { try pause() }
                }
                // A copy is one file, without a log beside it.
                try target.execute(sql: "PRAGMA journal_mode = DELETE")
                // A restored copy shows itself, even one that was copied over the very file that it came from.
                try target.execute(
                    sql: "UPDATE meta SET edition = randomblob(8), generation = (generation | 1) + 1")
            }
        } catch {
            // What it says of the copy is said with the first error.
            do { try target.close() } catch {}
            throw error
        }
        try target.close()
    }
}
