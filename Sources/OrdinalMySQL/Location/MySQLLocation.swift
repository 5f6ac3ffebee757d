import Locations

/// Where a MySQL or MariaDB database is and how to get in.
///
/// ```
/// mysql://user:password@host:3306/database?tls=verify&ca=/etc/ca.pem&password_file=FILE&timeout=2s&connections=4
/// mysql://user@/database?socket=/run/mysqld/mysqld.sock
/// ```
///
/// `mariadb://` means the same. What is not a letter, a digit or one of `-._~` is written as `%` and two hexadecimal digits
/// in user, password and database.
public struct MySQLLocation: Hashable, Sendable {
    /// What the server is reached by.
    public enum Endpoint: Hashable, Sendable {
        /// A host name or IP address, and a port.
        case host(String, port: Int)
        /// The path of a Unix domain socket.
        case unixSocket(path: String)

        /// Whether nothing that is sent there leaves this machine.
        var isLocal: Bool {
            switch self {
            case .host(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
            case .unixSocket: true
            }
        }
    }

    /// How far the connection is protected.
    public enum TLS: String, Hashable, Sendable, CaseIterable {
        /// Plain text.
        case off
        /// Encrypted if the server offers it. An attacker in between can prevent that.
        case prefer
        /// Encrypted, but whose certificate it is is not checked.
        case require
        /// Encrypted, with a certificate that is trusted and made out to the host. The default for everything but this
        /// machine itself, where the default is ``off``.
        case verify
    }

    /// What proves who the user is.
    enum Password: Hashable, Sendable {
        case none
        case text(String)
        /// Read anew for every connection, so that it may be changed without a restart.
        case file(path: String)
    }

    /// What the server is reached by.
    public let endpoint: Endpoint
    /// The user to log in as.
    public let user: String
    /// The database that holds the tables.
    public let database: String
    /// How far the connection is protected.
    public let tls: TLS
    /// A file of certificates to trust instead of the system's, in PEM.
    public let ca: String?
    /// How long a call may take. From 100 ms to 60 s, by default 2 s.
    public let timeout: Duration
    /// How many connections there may be at once. From 1 to 64, by default 4.
    public let connections: Int
    let password: Password

    init(
        endpoint: Endpoint, user: String, password: Password, database: String, tls: TLS?, ca: String?,
        timeout: Duration, connections: Int
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls ?? (endpoint.isLocal ? .off : .verify)
        self.ca = ca
        self.timeout = timeout
        self.connections = connections
    }
}

extension MySQLLocation: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The location as a URL, without the password.
    public var description: String {
        var text = "mysql://\(PercentEncoding.encode(user))@"
        var parameters: [String] = []
        switch endpoint {
        case .host(let host, let port):
            text += "\(HostAndPort(host: PercentEncoding.encode(host, keeping: ":"), port: port))"
        case .unixSocket(let path): parameters.append("socket=\(PercentEncoding.encode(path, keeping: "/"))")
        }
        if case .unixSocket = endpoint {} else { parameters.append("tls=\(tls.rawValue)") }
        return text + "/\(PercentEncoding.encode(database))" + (parameters.isEmpty ? "" : "?")
            + parameters.joined(separator: "&")
    }

    // Nothing that prints values field by field may come upon the password.
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["location": description]) }
}
