import Locations
public import RESP

/// Where a server listens.
public enum RESPAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or IP address, and a port.
    case host(String, port: Int)
    /// The path of a Unix domain socket.
    case unixSocket(path: String)

    public var description: String {
        switch self {
        case .host(let host, let port): "\(HostAndPort(host: host, port: port))"
        case .unixSocket(let path): path
        }
    }
}

/// How a ``RESPConnection`` is made and what it allows.
public struct RESPConnectionOptions: Sendable {
    /// TLS, or nil for a plain connection.
    public var tls: RESPTLSContext?

    /// The user to log in as; nil is the server's default user. It counts only with a ``password``.
    public var user: String?

    /// The password, or nil not to log in.
    public var password: String?

    /// The version to speak. RESP3 is asked for with HELLO, and a server that does not speak it refuses.
    public var version: ProtocolVersion

    /// How long connecting may take, TLS and logging in not included: those have ``commandTimeout``.
    public var connectTimeout: Duration

    /// How long a command may wait for its reply.
    public var commandTimeout: Duration

    /// How many commands may wait for their replies at once.
    public var maxCommandsInFlight: Int

    /// How much the server may send in one reply.
    public var replyLimits: ReplyLimits

    /// Makes options; each has a default.
    public init(
        tls: RESPTLSContext? = nil,
        user: String? = nil,
        password: String? = nil,
        version: ProtocolVersion = .resp2,
        connectTimeout: Duration = .seconds(5),
        commandTimeout: Duration = .seconds(5),
        maxCommandsInFlight: Int = 10_000,
        replyLimits: ReplyLimits = ReplyLimits()
    ) {
        self.tls = tls
        self.user = user
        self.password = password
        self.version = version
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.maxCommandsInFlight = maxCommandsInFlight
        self.replyLimits = replyLimits
    }
}
