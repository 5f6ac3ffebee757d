import Locations

/// Where a Redis server is and how to log in, as one line of text says it.
///
/// ```
/// redis://[user:password@]host[:port][/database][?parameters]
/// redis+unix:///path/to/redis.sock[?parameters]
/// redis+sentinel://[user:password@]host[:port],host[:port],…/master-name[/database][?parameters]
/// ```
///
/// `rediss` and `rediss+sentinel` use TLS. Characters of a user, a password or a parameter that mean something else there
/// are written as `%` and two hexadecimal digits.
///
/// | parameter | meaning |
/// |---|---|
/// | `timeout` | how long a call may take, such as `2s` or `500ms` (the default is 2 s) |
/// | `password_file` | a file with the password, instead of one in this text |
/// | `sentinel_password_file` | a file with the password of the sentinels, if they have one |
/// | `ca`, `cert`, `key` | PEM files for TLS: what to trust, what to show |
/// | `db` | the database behind a Unix socket |
/// | `prefix` | what the keys begin with (the default is `ordinal`) |
public struct RESPServerLocation: Hashable, Sendable {
    /// Who to ask.
    public enum Servers: Hashable, Sendable {
        /// One server.
        case server(RESPAddress)
        /// Sentinels, which know where the master of this name is at the moment.
        case sentinels([RESPAddress], master: String)
    }

    /// Files for TLS, in PEM; nil where there is none.
    public struct TLSFiles: Hashable, Sendable {
        /// The certificates to trust; nil means those of the system.
        public var certificateAuthority: String?
        /// The certificate chain to show to the server.
        public var certificate: String?
        /// The key of ``certificate``.
        public var privateKey: String?
    }

    /// The longest a call may be allowed to take, in `timeout`.
    public static let longestTimeout = Duration.seconds(60)

    /// Who to ask.
    public var servers: Servers
    /// The user to log in as; nil is the server's default user.
    public var user: String?
    /// The password, if it is not in a file.
    public var password: String?
    /// A file with the password.
    public var passwordFile: String?
    /// A file with the password of the sentinels.
    public var sentinelPasswordFile: String?
    /// TLS, or nil for plain connections.
    public var tls: TLSFiles?
    /// The number of the database.
    public var database = 0
    /// How long a call may take, connecting included.
    public var timeout = Duration.seconds(2)
    /// What the keys begin with.
    public var prefix = "ordinal"

    /// The location of one server, or of the master that sentinels know.
    public init(_ servers: Servers) {
        self.servers = servers
    }
}

extension RESPServerLocation: CustomStringConvertible, CustomReflectable {
    /// The location without user, password and parameters: fit for a log.
    public var description: String {
        let scheme = tls == nil ? "redis" : "rediss"
        let path = database == 0 ? "" : "/\(database)"
        switch servers {
        case .server(.unixSocket(let file)):
            let name = PercentEncoding.encode(file, keeping: "/")
            return "redis+unix://\(name)" + (database == 0 ? "" : "?db=\(database)")
        case .server(let address):
            return "\(scheme)://\(address)\(path)"
        case .sentinels(let addresses, let master):
            let hosts = addresses.map(\.description).joined(separator: ",")
            return "\(scheme)+sentinel://\(hosts)/\(PercentEncoding.encode(master))\(path)"
        }
    }

    // Nothing that prints values field by field may come upon the password.
    public var customMirror: Mirror { Mirror(self, children: ["location": description]) }
}

/// Why a text is not the location of a server. It repeats nothing that may be a part of a password.
public struct InvalidServerLocation: Error, Hashable, Sendable, CustomStringConvertible {
    /// What would be right.
    public let description: String

    init(_ description: String) { self.description = description }
}
