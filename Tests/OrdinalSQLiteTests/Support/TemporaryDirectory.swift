import Glibc
@testable import OrdinalSQLite

/// A directory that goes away with its last reference, in a file system that a database may lie in.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        // The usual place may be in memory, where no store lets itself be put.
        let places = [getenv("TMPDIR").map { String(cString: $0) }, "/tmp", "/var/tmp"].compactMap(\.self)
        var failure = errno
        for place in places where Self.isOnDisk(place) {
            var template = Array("\(place)/ordinal-XXXXXX".utf8CString)
            guard let made = mkdtemp(&template), let resolved = realpath(made, nil) else {
                failure = errno
                continue
            }
            defer { free(resolved) }
            path = String(cString: resolved)
            return
        }
        throw Failure("no directory to test in: error \(failure)")
    }

    private static func isOnDisk(_ place: String) -> Bool {
        do {
            return try FileSystem.of(directory: place) == .ordinary || FileSystem.of(directory: place) == .layered
        } catch {
            return false
        }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// What is in it.
    var names: [String] { Self.names(in: path) }

    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    deinit {
        for name in names { unlink(file(name)) }
        rmdir(path)
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
