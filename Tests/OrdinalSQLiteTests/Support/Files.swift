import Glibc
@testable import OrdinalSQLite
import SystemSupport
import TestSupport

/// What an operator does to files.
enum Files {
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("cannot read \(path): \(SystemError(errno))") }
        defer { close(descriptor) }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes over what is there, if anything is: the inode stays.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure("cannot write \(path): \(SystemError(errno))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure("cannot write \(path): \(SystemError(errno))") }
            rest = rest.dropFirst(count)
        }
    }

    /// As `cp` does.
    static func copy(_ from: String, to: String) throws { try write(read(from), to: to) }

    /// As `mv` does.
    static func move(_ from: String, to: String) throws {
        guard rename(from, to) == 0 else { throw Failure("cannot move \(from): \(SystemError(errno))") }
    }

    /// What is in a directory.
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

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func mode(of path: String) -> UInt32 {
        var status = Glibc.stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    static func inode(of path: String) -> UInt64 {
        var status = Glibc.stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    /// How many transactions a write-ahead log holds.
    ///
    /// See <https://www.sqlite.org/fileformat2.html#walformat>: 32 bytes, then for each page 24 bytes and the page. The
    /// second word of the 24 bytes is not zero at the end of a transaction; the third and fourth are those of the log.
    static func commits(inLog path: String) throws -> Int {
        let bytes = try read(path)
        guard bytes.count > 32 else { return 0 }
        func word(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        let pageSize = word(8)
        return stride(from: 32, to: bytes.count - pageSize - 23, by: pageSize + 24).filter { frame in
            word(frame + 8) == word(16) && word(frame + 12) == word(20) && word(frame + 4) != 0
        }.count
    }
}

extension TemporaryDirectory {
    /// What is in it.
    var names: [String] { Files.names(in: path) }
}
