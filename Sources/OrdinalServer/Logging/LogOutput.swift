import Glibc
public import Logging
import Synchronization

/// Where lines of the log go, and from which level on: standard error, or a file that can be opened anew.
///
/// Each line is one `write` to the system: nothing is kept back that a crash could lose.
public final class LogOutput: Sendable {
    /// The file; nil: standard error.
    public let path: String?
    private let descriptor: Int32
    private let lowest: Atomic<Int>

    /// Writes to standard error.
    public init(level: Logger.Level = .info) {
        path = nil
        descriptor = STDERR_FILENO
        lowest = Atomic(level.order)
    }

    /// Appends to a file.
    ///
    /// - Parameters:
    ///   - path: A file, or a directory for a file `ordinal.log`. One that ends in `/` is made if it is not there.
    ///   - level: What is told: this level and above.
    public init(path: String, level: Logger.Level = .info) throws(LogFileError) {
        let file = Self.file(at: path)
        // If it cannot be made, opening the file says why.
        if path.hasSuffix("/") { mkdir(path, 0o750) }
        descriptor = try Self.open(file)
        self.path = file
        lowest = Atomic(level.order)
    }

    /// Writes where a configuration says.
    public convenience init(_ configuration: ServerConfiguration.Log) throws(LogFileError) {
        if let path = configuration.path {
            try self.init(path: path, level: configuration.level)
        } else {
            self.init(level: configuration.level)
        }
    }

    deinit {
        if path != nil { close(descriptor) }
    }

    /// What is told: this level and above. It may be changed at any time.
    public var level: Logger.Level {
        get { Logger.Level.allCases[lowest.load(ordering: .relaxed)] }
        set { lowest.store(newValue.order, ordering: .relaxed) }
    }

    /// Goes on in a new file of the same name, after the old one was renamed. Standard error stays as it is.
    public func reopen() throws(LogFileError) {
        guard let path else { return }
        let new = try Self.open(path)
        defer { close(new) }
        // Replaces the file behind the number that others are writing to at this moment, without a gap.
        guard dup2(new, descriptor) >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw LogFileError(path) }
    }

    /// Writes a line. What the system does not take is lost: there is nowhere to say so.
    func write(_ line: String) {
        var line = line + "\n"
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    private static func open(_ path: String) throws(LogFileError) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw LogFileError(path) }
        return descriptor
    }

    /// The file that a path means.
    private static func file(at path: String) -> String {
        guard !path.hasSuffix("/") else { return path + "ordinal.log" }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return path }
        return path + "/ordinal.log"
    }

    /// Why nothing could be written to a path; nil: it could.
    static func whyUnusable(path: String) -> String? {
        guard !path.hasSuffix("/") || access(path, F_OK) == 0 || errno != ENOENT else {
            // Where there is to be a directory, the one above must be there.
            let last = path.lastIndex { $0 != "/" } ?? path.startIndex
            return whyUnusable(path: String(path[...last]))
        }
        let file = file(at: path)
        let directory = file.lastIndex(of: "/").map { String(file[...$0]) } ?? "."
        let isThere = access(file, F_OK) == 0
        guard access(isThere ? file : directory, W_OK) != 0 else { return nil }
        return "it cannot be written (\(TextFile.lastError)): write a file or a directory that is there and writable"
    }
}

/// Why a log file cannot be opened.
public struct LogFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// The error of the system call that was just made.
    init(_ path: String) { description = "cannot open the log file \(path): \(TextFile.lastError)" }
}

extension Logger.Level {
    /// The place of the level among all.
    fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
