/// Numbers that were handed out together: `first`, `first + increment`, …
public struct Run: Hashable, Sendable, Sequence {
    /// The life of the sequence that the numbers belong to; nil for fallback numbers, which belong to none.
    public let life: Life?
    /// The lowest number.
    public let first: Int64
    /// How many numbers there are, at least 1.
    public let count: Int64
    /// The distance between two numbers.
    public let increment: Int64

    /// The highest number.
    public var last: Int64 { first + (count - 1) * increment }

    /// The numbers, one after the other.
    public func makeIterator() -> Iterator { Iterator(upcoming: first, left: count, increment: increment) }

    /// Counts through a run.
    public struct Iterator: IteratorProtocol {
        var upcoming: Int64
        var left: Int64
        let increment: Int64

        public mutating func next() -> Int64? {
            guard left > 0 else { return nil }
            left -= 1
            // Not beyond the last: there may be no such number.
            defer { if left > 0 { upcoming += increment } }
            return upcoming
        }
    }
}
