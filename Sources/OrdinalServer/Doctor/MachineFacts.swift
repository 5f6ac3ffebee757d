import Glibc

/// What an inspection read of the machine.
struct MachineFacts: Hashable, Sendable {
    /// How many files a server may have open.
    var openFiles: UInt64
    /// The process of the server whose limit that is; nil: what a server would have that is started like this program.
    var server: Int32?
    /// The wall clock, in seconds since 1970.
    var seconds: Int
    /// The same for people.
    var time = ""

    /// - Parameter server: The process of a server, if one was seen.
    static func read(server: Int32?) -> MachineFacts {
        let (now, time) = (Int(WallClock.now.seconds), LogTime.now.description)
        if let server, let limit = limit(ofProcess: server) {
            return MachineFacts(openFiles: limit, server: server, seconds: now, time: time)
        }
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return MachineFacts(openFiles: isKnown ? UInt64(limit.rlim_cur) : .max, server: nil, seconds: now, time: time)
    }

    private static func limit(ofProcess process: Int32) -> UInt64? {
        do {
            return limit(in: String(decoding: try TextFile(path: "/proc/\(process)/limits").bytes, as: UTF8.self))
        } catch {
            // Of another user, or gone: what this program has is the next best.
            return nil
        }
    }

    /// How many files may be open, in the kernel's table of limits.
    static func limit(in table: String) -> UInt64? {
        // Max open files            1024                 524288               files
        guard
            let line = table.split(separator: "\n").first(where: {
                $0.hasPrefix(
                    "Max open files")
            })
        else { return nil }
        let words = line.dropFirst("Max open files".count).split(separator: " ")
        guard let soft = words.first else { return nil }
        return soft == "unlimited" ? .max : UInt64(soft)
    }
}
