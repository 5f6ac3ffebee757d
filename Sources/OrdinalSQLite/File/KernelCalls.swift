import Glibc
import SystemSupport

/// Two calls of Linux that Swift's Glibc module does not show: `statx` and `statfs`.
///
/// They are looked up by name and their answers are read by offset. Both layouts are part of the kernel's stable interface
/// to programs, on every 64-bit machine: `struct statx` is the same everywhere, and the first word of `struct statfs` is
/// the type of the file system.
enum KernelCalls {
    /// What `statx` tells of a file.
    struct Status {
        let device: UInt64
        let inode: UInt64
        /// When the inode was made, or zeros where the file system does not know.
        let birth: (seconds: Int64, nanoseconds: UInt32)
        /// When the contents were last written.
        let modified: (seconds: Int64, nanoseconds: UInt32)
        /// In bytes.
        let size: UInt64
        /// The number of the user whose file it is.
        let owner: UInt32
        /// What kind of file it is, and who may do what with it.
        let mode: UInt32
    }

    private typealias StatxFunction =
        @convention(c) (
            CInt, UnsafePointer<CChar>, CInt, CUnsignedInt, UnsafeMutableRawPointer
        ) -> CInt

    private typealias StatfsFunction = @convention(c) (UnsafePointer<CChar>, UnsafeMutableRawPointer) -> CInt

    // A handle of the program itself. It is never closed: the program outlives it.
    private static let statx: StatxFunction? = unsafeBitCast(
        dlsym(dlopen(nil, RTLD_NOW), "statx"), to: StatxFunction?.self)
    private static let statfs: StatfsFunction? = unsafeBitCast(
        dlsym(dlopen(nil, RTLD_NOW), "statfs"), to: StatfsFunction?.self)

    /// The status of the file at `path`, or nil if there is none.
    static func status(of path: String) throws(SystemError) -> Status? {
        guard let statx else { return try plainStatus(of: path) }
        let wanted: CUnsignedInt = 0x7ff | 0x800  // STATX_BASIC_STATS | STATX_BTIME
        return try withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) {
            buffer -> Result<Status?, SystemError> in
            guard let raw = buffer.baseAddress else { return .failure(SystemError(ENOMEM)) }
            raw.initializeMemory(as: UInt8.self, repeating: 0, count: 256)
            guard statx(AT_FDCWD, path, 0, wanted, raw) == 0 else { return Self.absentOrFailed(errno) }
            let knowsBirth = raw.load(as: UInt32.self) & 0x800 != 0
            let major = UInt64(raw.load(fromByteOffset: 136, as: UInt32.self))
            let minor = UInt64(raw.load(fromByteOffset: 140, as: UInt32.self))
            return .success(
                Status(
                    device: major << 32 | minor, inode: raw.load(fromByteOffset: 32, as: UInt64.self),
                    birth: knowsBirth
                        ? (raw.load(fromByteOffset: 80, as: Int64.self), raw.load(fromByteOffset: 88, as: UInt32.self))
                        : (0, 0),
                    modified: (
                        raw.load(fromByteOffset: 112, as: Int64.self), raw.load(fromByteOffset: 120, as: UInt32.self)
                    ),
                    size: raw.load(fromByteOffset: 40, as: UInt64.self),
                    owner: raw.load(fromByteOffset: 20, as: UInt32.self),
                    mode: UInt32(raw.load(fromByteOffset: 28, as: UInt16.self))))
        }.get()
    }

    /// The type of the file system that holds `path`, as `statfs` numbers it.
    static func fileSystemType(of path: String) throws(SystemError) -> UInt32 {
        guard let statfs else { throw SystemError(ENOSYS) }
        return try withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) {
            buffer -> Result<UInt32, SystemError> in
            guard let raw = buffer.baseAddress else { return .failure(SystemError(ENOMEM)) }
            guard statfs(path, raw) == 0 else { return .failure(SystemError(errno)) }
            return .success(UInt32(truncatingIfNeeded: raw.load(as: Int.self)))
        }.get()
    }

    private static func plainStatus(of path: String) throws(SystemError) -> Status? {
        var status = stat()
        guard stat(path, &status) == 0 else { return try absentOrFailed(errno).get() }
        return Status(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), birth: (0, 0),
            modified: (Int64(status.st_mtim.tv_sec), UInt32(truncatingIfNeeded: status.st_mtim.tv_nsec)),
            size: UInt64(clamping: status.st_size), owner: status.st_uid, mode: status.st_mode)
    }

    private static func absentOrFailed(_ number: CInt) -> Result<Status?, SystemError> {
        number == ENOENT || number == ENOTDIR ? .success(nil) : .failure(SystemError(number))
    }
}
