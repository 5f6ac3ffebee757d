import Glibc

/// How many files this process may have open: each connection is one.
public enum OpenFileLimit {
    /// What a server needs beside its clients: its database, its journal, its log, connections to the store.
    private static let reserve = 100

    /// Raises the limit as far as this process may, and says so if that does not suffice for the clients that are allowed.
    ///
    /// For a program that is a server and no more: the limit is the whole process's.
    ///
    /// - Returns: What is wrong and what to do; nil: nothing is.
    public static func raise(for configuration: ServerConfiguration) -> String? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            // One that stays as it was is told of like one that cannot be raised.
            if setrlimit(resource, &limit) != 0, getrlimit(resource, &limit) != 0 { return nil }
        }
        return warning(files: limit.rlim_cur, for: configuration)
    }

    /// What so many files mean for a server of this configuration; nil: they suffice.
    static func warning(files: UInt, for configuration: ServerConfiguration) -> String? {
        let http = configuration.http.address == nil ? 0 : configuration.http.options.maximumConnections
        let clients = configuration.redis.options.maximumConnections + http
        guard files < UInt(clients + reserve) else { return nil }
        return "only \(files) files may be open, and \(clients) clients are allowed: "
            + "raise the limit (LimitNOFILE=, ulimit -n) or lower redis.max_connections"
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
