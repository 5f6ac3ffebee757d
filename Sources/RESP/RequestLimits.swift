/// What a client may ask of a ``RequestParser``.
///
/// Each limit is checked against what a header announces, before any memory is taken for what it announces.
public struct RequestLimits: Hashable, Sendable {
    /// The most arguments of one request, the name of the command included.
    public var maxArguments: Int

    /// The longest single argument, in bytes.
    public var maxBulkLength: Int

    /// The longest inline request, in bytes, its line end not included.
    public var maxInlineLength: Int

    /// The longest request with all its headers, in bytes. It bounds what a connection has to buffer.
    public var maxRequestLength: Int

    /// Makes limits; each has a default that suits a server of small commands.
    public init(
        maxArguments: Int = 8 * 1024,
        maxBulkLength: Int = 64 * 1024,
        maxInlineLength: Int = 64 * 1024,
        maxRequestLength: Int = 1024 * 1024
    ) {
        self.maxArguments = maxArguments
        self.maxBulkLength = maxBulkLength
        self.maxInlineLength = maxInlineLength
        self.maxRequestLength = maxRequestLength
    }
}
