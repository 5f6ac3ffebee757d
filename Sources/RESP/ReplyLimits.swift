/// How much a server may send in one reply before a ``ReplyParser`` refuses it.
///
/// Each limit is checked against what a header announces, before any memory is taken for what it announces.
public struct ReplyLimits: Hashable, Sendable {
    /// The deepest nesting of aggregates that can be asked for.
    public static let maximumDepth = 32

    /// The longest string, in bytes.
    public var maxBulkLength: Int

    /// The longest simple string, error or big number, in bytes, its line end included.
    public var maxLineLength: Int

    /// The most values in one reply, those of all nested aggregates together.
    public var maxElements: Int

    /// How deep aggregates may be nested, at most ``maximumDepth``.
    public var maxDepth: Int {
        didSet { maxDepth = min(maxDepth, Self.maximumDepth) }
    }

    /// Makes limits; each has a default that suits a client.
    public init(
        maxBulkLength: Int = 64 * 1024 * 1024,
        maxLineLength: Int = 64 * 1024,
        maxElements: Int = 1024 * 1024,
        maxDepth: Int = maximumDepth
    ) {
        self.maxBulkLength = maxBulkLength
        self.maxLineLength = maxLineLength
        self.maxElements = maxElements
        self.maxDepth = min(maxDepth, Self.maximumDepth)
    }
}
