/// A run of numbers, reserved in the store for one node: `first`, `first + increment`, …, `last`.
public struct Segment: Hashable, Sendable {
    /// The life of the sequence that the numbers belong to.
    public let life: Life
    /// The lowest number.
    public let first: Int64
    /// The highest number. It was the ceiling when the segment was reserved.
    public let last: Int64
    /// The distance between two numbers.
    public let increment: Int64
    /// The mark of the reservation, or of the last one where adjacent segments were joined.
    public let stamp: Stamp

    /// Makes a segment. `last` must lie a whole number of increments at or above `first`, and `first` at 1 or above.
    public init(life: Life, first: Int64, last: Int64, increment: Int64, stamp: Stamp) {
        precondition(first >= 1 && first <= last && last <= SequenceOptions.highestNumber, "a segment out of range")
        precondition(increment >= 1 && (last - first) % increment == 0, "a segment that its increment does not divide")
        self.life = life
        self.first = first
        self.last = last
        self.increment = increment
        self.stamp = stamp
    }

    /// How many numbers there are.
    public var count: Int64 { (last - first) / increment + 1 }

    /// What lies above `floor`, or nil if nothing does.
    func above(_ floor: Int64) -> Segment? {
        guard floor >= first else { return self }
        guard floor < last else { return nil }
        let skipped = (floor - first) / increment + 1
        return Segment(
            life: life, first: first + skipped * increment, last: last, increment: increment, stamp: stamp)
    }

    /// This segment and `next` as one, if `next` goes on where this ends.
    func joined(with next: Segment) -> Segment? {
        guard next.life == life, next.increment == increment, next.first == last + increment else { return nil }
        return Segment(life: life, first: first, last: next.last, increment: increment, stamp: next.stamp)
    }
}
