public import RESP

/// How the Redis front answers, and its limits.
public struct RedisOptions: Sendable {
    /// What GET and MGET answer with.
    public enum GetReply: String, Hashable, Sendable, CaseIterable {
        /// An integer, and 0 if there is no such sequence.
        case integer
        /// A bulk string, and nil if there is no such sequence.
        case bulk
    }

    /// What GET and MGET answer with.
    public var getReply = GetReply.integer
    /// Whether SELECT of another database than 0 is taken without effect.
    public var ignoresSelect = false
    /// How large commands may be.
    public var limits = RequestLimits()
    /// After how many bytes of replies they are sent, and no command is begun until the client takes them.
    public var outputBuffer = 64 * 1024
    /// How many clients may be connected.
    public var maximumConnections = 10_000
    /// After how long without a command a client is disconnected, at the latest a quarter later; nil: never.
    public var idleTimeout: Duration? = .seconds(3600)

    /// The defaults.
    public init() {}
}
