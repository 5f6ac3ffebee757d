import SystemSupport

/// What tells one file from every other, a copy of it included: its inode and when that was made.
///
/// An inode number alone may be given to another file later; together with its time of birth it is not.
struct FileIdentity: Hashable, Sendable, CustomStringConvertible {
    private let inode: UInt64
    private let birth: String

    init(_ status: KernelCalls.Status) {
        inode = status.inode
        birth = "\(status.birth.seconds).\(status.birth.nanoseconds)"
    }

    /// The identity of the file at `path`, or nil if there is none.
    static func of(_ path: String) throws(SystemError) -> FileIdentity? {
        try KernelCalls.status(of: path).map { FileIdentity($0) }
    }

    /// The same text for the same file, across restarts and reboots. The number of the device is left out: it may change
    /// when the machine starts anew.
    var description: String { "\(inode)@\(birth)" }
}

/// What changes with every write into a file: its length and the time of the last write.
struct FileVersion: Hashable, Sendable {
    private let size: UInt64
    private let seconds: Int64
    private let nanoseconds: UInt32

    init(_ status: KernelCalls.Status) {
        (size, seconds, nanoseconds) = (status.size, status.modified.seconds, status.modified.nanoseconds)
    }

    /// The version of the file at `path`, or nil if there is none.
    static func of(_ path: String) throws(SystemError) -> FileVersion? {
        try KernelCalls.status(of: path).map { FileVersion($0) }
    }
}
