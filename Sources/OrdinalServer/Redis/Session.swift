import NIOCore
import Ordinal
import RESP

/// What one connection is: who is at the other end, and what was written for it.
struct Session: Sendable {
    let id: Int64
    let services: RedisServices
    var writer: ReplyWriter
    /// What the client may do; nil until it has authenticated.
    var role: Role?
    /// Whose requests this client's are counted with.
    var client: ClientKey
    /// The two ends of the connection, and since when there is one.
    let remote: SocketAddress?
    let local: SocketAddress?
    let since = NIODeadline.now()
    /// What the client calls itself.
    var clientName: [UInt8] = []
    var transaction: Transaction?
    /// A transaction whose commands are to be done next.
    var executing: Transaction?
    /// Whether to close once everything written is sent.
    var isClosing = false
    /// What was done since it was last added up.
    var batch = RedisMetrics.Batch()

    init(id: Int64, services: RedisServices, remote: SocketAddress? = nil, local: SocketAddress? = nil) {
        self.id = id
        self.services = services
        (self.remote, self.local) = (remote, local)
        client = ClientKey(remote)
        writer = ReplyWriter(buffer: ByteBuffer())
        role = services.credentials.anonymousRole
    }

    /// How large commands may be: of a client that has not authenticated, hardly larger than what it takes to do so.
    var limits: RequestLimits {
        var limits = services.options.limits
        // A line has no lengths in it that could be refused before it is there.
        limits.maxInlineLength = min(limits.maxInlineLength, limits.maxBulkLength, limits.maxRequestLength)
        guard role == nil else { return limits }
        limits.maxArguments = min(limits.maxArguments, 10)
        limits.maxBulkLength = min(limits.maxBulkLength, 4 * 1024)
        limits.maxInlineLength = min(limits.maxInlineLength, 4 * 1024)
        limits.maxRequestLength = min(limits.maxRequestLength, 16 * 1024)
        return limits
    }

    var sequencer: Sequencer { services.sequencer }

    /// Whether this client may create sequences by asking for a number.
    var mayCreate: Bool { services.creation.allows(role) }

    mutating func fail(_ error: CommandError) { writer.writeError(error.text) }

    /// Forgets everything that the client has said, as at the beginning of the connection.
    mutating func reset() {
        transaction = nil
        clientName = []
        writer.version = .resp2
        role = services.credentials.anonymousRole
        client = ClientKey(remote)
    }
}

/// The commands between MULTI and EXEC.
struct Transaction: Sendable {
    /// The commands, as they came in.
    var queue = ByteBuffer()
    var count = 0
    /// Whether one of them was refused, so that EXEC must refuse all.
    var isAborted = false
}

/// What every connection of the front shares.
struct RedisServices: Sendable {
    let sequencer: Sequencer
    /// The store itself, for what only some stores can do.
    let store: any SequenceStore
    let credentials: Credentials
    let options: RedisOptions
    let creation: CreationPolicy
    let metrics: RedisMetrics
    let connections: Connections
    let cursors: ScanCursors
    let explainer: Explainer
    let rates: RateLimiter
}
