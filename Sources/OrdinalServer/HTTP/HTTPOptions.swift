/// How the HTTP front answers, and its limits.
public struct HTTPOptions: Sendable {
    /// With which HTTP status idalloc's `/alloc` answers a request that fails.
    public enum IdallocStatus: String, Hashable, Sendable, CaseIterable {
        /// With the one that fits.
        case fitting
        /// With 200, as idalloc does: only the body tells.
        case always200 = "200"
    }

    /// With which HTTP status `/alloc` answers a request that fails.
    public var idallocStatus = IdallocStatus.fitting
    /// How many numbers `/alloc` and tinyid's `nextId` hand out at once.
    public var maximumCount: Int64 = 100
    /// How many numbers tinyid's `nextSegmentId` hands to a client that counts through them by itself.
    public var segmentSize: Int64 = 1_000
    /// The header in which a request brings its trace id and every response has one.
    public var traceHeader = "X-Trace-Id"
    /// Web pages of which origins may use the server from a browser: `https://shop.example.com`, or `*` for all. Those
    /// that the server itself is reached by always may.
    public var allowedOrigins: [String] = []
    /// How long a body may be, in bytes.
    public var maximumBody = 64 * 1024
    /// How long all header fields of a request may be together, in bytes.
    public var maximumHeaders = 16 * 1024
    /// How many clients may be connected.
    public var maximumConnections = 10_000
    /// How long a client has to send a request, from its first line to the end of its body.
    public var requestTimeout: Duration = .seconds(10)
    /// How long a client has to take a response.
    public var writeTimeout: Duration = .seconds(10)
    /// After how long without a request a connection is closed.
    public var idleTimeout: Duration = .seconds(60)
    /// Whether every request is told in the log.
    public var logsAccess = false

    /// The defaults.
    public init() {}
}
