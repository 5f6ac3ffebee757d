import SystemSupport

/// The file system that a database is to lie in, and whether it can hold one safely.
enum FileSystem: Hashable, Sendable {
    /// One that keeps what was flushed and what locks say.
    case ordinary
    /// The layer of a container: it keeps what was flushed, for as long as the container exists.
    case layered
    /// One that does not. The text says why.
    case unsafe(String)

    /// The file system of a directory.
    static func of(directory: String) throws(SystemError) -> FileSystem {
        FileSystem(type: try KernelCalls.fileSystemType(of: directory))
    }

    /// Judges a type by the number that `statfs` answers.
    init(type: UInt32) {
        switch type {
        case 0x794c_7630: self = .layered
        case 0x0102_1994: self = .unsafe("tmpfs lies in memory and is empty after a restart of the machine")
        case 0x8584_58f6: self = .unsafe("ramfs lies in memory and is empty after a restart of the machine")
        case 0x6969: self = .unsafe("the locks and flushes of NFS cannot be relied on")
        case 0x517b, 0xfe53_4d42, 0xff53_4d42:
            self = .unsafe("the locks and flushes of SMB (CIFS) cannot be relied on")
        case 0x0102_1997: self = .unsafe("the locks and flushes of 9p cannot be relied on")
        case 0x6573_5546: self = .unsafe("what FUSE makes of locks and flushes cannot be known")
        case 0x00c3_6400: self = .unsafe("the locks and flushes of CephFS cannot be relied on")
        case 0x0bd0_0bd0: self = .unsafe("the locks and flushes of Lustre cannot be relied on")
        case 0x4750_4653: self = .unsafe("the locks and flushes of GPFS cannot be relied on")
        case 0x1983_0326: self = .unsafe("the locks and flushes of BeeGFS cannot be relied on")
        case 0x7461_636f: self = .unsafe("other machines may have a file in OCFS2 open as well")
        case 0x0116_1970: self = .unsafe("other machines may have a file in GFS2 open as well")
        case 0xbacb_acbc: self = .unsafe("the locks and flushes of a VMware shared folder cannot be relied on")
        case 0x5346_414f, 0x6b41_4653: self = .unsafe("the locks and flushes of AFS cannot be relied on")
        case 0x786f_4256: self = .unsafe("the locks and flushes of a VirtualBox shared folder cannot be relied on")
        default: self = .ordinary
        }
    }
}

extension FileSystem {
    /// What a crash can lose of a database in it, in sentences for people.
    var durability: [String] {
        var sentences = [
            """
            A crash or a power cut loses nothing that was confirmed, as far as the disk keeps what it was told to \
            flush (SQLite, write-ahead log, synchronous=FULL).
            """
        ]
        if self == .layered {
            sentences.append(
                "The file lies in a container's own layer (overlayfs) and goes with the container: put it on a volume.")
        }
        return sentences
    }
}
