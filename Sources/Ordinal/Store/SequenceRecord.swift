/// A live sequence as its store keeps it.
public struct SequenceRecord: Hashable, Sendable {
    /// The name of the sequence.
    public let name: SequenceName
    /// The present existence of the sequence.
    public internal(set) var life: Life
    /// The highest number reserved so far.
    public internal(set) var ceiling: Int64
    /// Every number handed out from now on lies above this: where the life began, or where a SET or an advance moved it.
    public internal(set) var origin: Int64
    /// The server that last reserved.
    public internal(set) var home: Home
    /// The mark of the reservation that made the ceiling, or nil if no segment that ends there can be released.
    public internal(set) var stamp: Stamp?
    /// How many numbers the largest segment of late has: half as much counts after each reservation. 0 before the first.
    public internal(set) var recentSize: Int64
    /// What the sequence was asked to be.
    public internal(set) var options: SequenceOptions

    /// A record as a store read it.
    public init(
        name: SequenceName, life: Life, ceiling: Int64, origin: Int64, home: Home, stamp: Stamp?,
        recentSize: Int64 = 0, options: SequenceOptions
    ) {
        self.name = name
        self.life = life
        self.ceiling = ceiling
        self.origin = origin
        self.home = home
        self.stamp = stamp
        self.recentSize = recentSize
        self.options = options
    }
}

/// What a store has under a name, seen by a caller who may know a life of it.
public enum SequenceEntry: Hashable, Sendable {
    /// The sequence is there.
    case live(SequenceRecord)
    /// There is none: it never was, or it was deleted.
    case absent
    /// The life that the caller knows is neither there nor did it end: the store went back. What it has in its place, if
    /// anything, is older.
    case lost(instead: SequenceRecord?)

    /// What to tell a caller who knows the life `known`.
    ///
    /// - Parameters:
    ///   - live: The record under the name.
    ///   - known: The life that the caller had numbers of, if any.
    ///   - hasEnded: Whether the store has a tombstone of `known`.
    public init(live: SequenceRecord?, known: Life?, hasEnded: Bool) {
        if let known, live?.life != known, !hasEnded {
            self = .lost(instead: live)
        } else if let live {
            self = .live(live)
        } else {
            self = .absent
        }
    }
}
