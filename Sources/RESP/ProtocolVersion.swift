/// The version of the Redis protocol that a connection speaks.
public enum ProtocolVersion: Int, Hashable, Sendable {
    /// What every client understands; a connection begins with it.
    case resp2 = 2
    /// With types for maps, doubles, null and others; a client asks for it with `HELLO 3`.
    case resp3 = 3
}
