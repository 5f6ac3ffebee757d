/// A request for a segment.
public struct Reservation: Hashable, Sendable {
    /// The sequence.
    public let name: SequenceName
    /// The life that the caller means.
    public let life: Life
    /// How many numbers, at least 1. Fewer may come back, never more.
    public let count: Int64
    /// The caller's floor: what the segment must lie above. `Int64.min` if it has none.
    public let above: Int64
    /// The highest ceiling of this life that the caller ever heard of; `Int64.min` if of none. Others may have given some of
    /// it back, so it counts only if the store went back.
    public let heard: Int64
    /// How many numbers to leave out if the store went back.
    public let failoverOffset: FailoverOffset
    /// How many numbers the largest segment of late had, as far as the caller knows.
    public let recentSize: Int64
    /// The mark of this reservation.
    public let stamp: Stamp

    public init(
        name: SequenceName, life: Life, count: Int64, above: Int64, heard: Int64 = .min,
        failoverOffset: FailoverOffset, recentSize: Int64 = 0, stamp: Stamp
    ) {
        self.name = name
        self.life = life
        self.count = count
        self.above = above
        self.heard = heard
        self.failoverOffset = failoverOffset
        self.recentSize = recentSize
        self.stamp = stamp
    }
}

/// The answer to a ``Reservation``.
public struct Reserved: Hashable, Sendable {
    /// The numbers.
    public let segment: Segment
    /// How many numbers were left out because the store went back; 0 if it did not.
    public let skipped: Int64

    public init(segment: Segment, skipped: Int64) {
        self.segment = segment
        self.skipped = skipped
    }
}
