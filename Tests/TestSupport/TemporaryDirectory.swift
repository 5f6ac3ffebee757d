import Foundation

/// A directory that is removed when the test lets go of it.
package final class TemporaryDirectory: Sendable {
    /// Its path, without symbolic links.
    package let path: String

    package init() throws {
        // What is in /var/tmp outlives a restart of the machine: it is on a disk. The files of /tmp may be in memory, where no
        // store lets itself be put.
        let place = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"
        var template = Array("\(place)/ordinal-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template), let resolved = realpath(made, nil) else {
            throw Failure("no directory in \(place): error \(errno)")
        }
        defer { free(resolved) }
        path = String(cString: resolved)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path)") }
    }

    /// The path of a file in it, which need not be there.
    package func file(_ name: String) -> String { "\(path)/\(name)" }
}
