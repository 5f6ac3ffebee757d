import SystemSupport

/// What tells one file from every other, a copy of it included: its inode and when that was made.
///
/// An inode number alone may be given to another file later; together with its time of birth it is not.
struct FileIdentity: Hashable, Sendable, CustomStringConvertible {
    private let inode: UInt64
    private let birth: String

    /// The identity of the file at `path`, or nil if there is none.
    static func of(_ path: String) throws(SystemError) -> FileIdentity? {
        guard let status = try KernelCalls.status(of: path) else { return nil }
        return FileIdentity(inode: status.inode, birth: "\(status.birth.seconds).\(status.birth.nanoseconds)")
    }

    /// The same text for the same file, across restarts and reboots. The number of the device is left out: it may change
    /// when the machine starts anew.
    var description: String { "\(inode)@\(birth)" }
}
