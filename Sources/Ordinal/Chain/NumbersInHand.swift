/// The numbers that a node holds of one sequence: segments in rising order, of which the first is being handed out.
///
/// It never goes back: what was taken, passed over or cut does not return.
struct NumbersInHand {
    /// How many numbers there are.
    private(set) var count: Int64 = 0
    /// The next number, meaningless while there is none.
    private var next: Int64 = 0
    /// The segment that is being handed out, as it was reserved; nil while there is none.
    private var head: Segment?
    /// What stands behind the segment that is being handed out.
    private var queue: [Segment] = []
    /// The highest number below the head that this node may have handed out.
    private var below = Int64.min

    /// The next number that would be handed out.
    var first: Int64? { count > 0 ? next : nil }

    /// The length of the longest contiguous run that could be taken.
    var longest: Int64 { queue.reduce(headCount) { max($0, $1.count) } }

    /// Whether what is wanted can be promised besides what is, in whatever order it is taken.
    func covers(_ demand: Demand, besides line: WaitingLine) -> Bool {
        if !demand.isRun, line.promisedRuns == 0 { return count - line.promised >= demand.count }
        return longest >= line.promised + demand.count
    }

    private var headCount: Int64 { head.map { ($0.last - next) / $0.increment + 1 } ?? 0 }

    /// Takes the next number.
    mutating func take() -> Int64? {
        guard let head else { return nil }
        let number = next
        count -= 1
        if number == head.last { beginNextSegment() } else { next = number + head.increment }
        return number
    }

    /// The next numbers, as many of `limit` as are contiguous.
    func upTo(_ limit: Int64) -> Run? {
        guard let head, limit > 0 else { return nil }
        return Run(life: head.life, first: next, count: min(limit, headCount), increment: head.increment)
    }

    /// Takes the next numbers, as many of `limit` as are contiguous.
    mutating func takeUpTo(_ limit: Int64) -> Run? {
        guard let head, let run = upTo(limit) else { return nil }
        count -= run.count
        if run.last == head.last { beginNextSegment() } else { next = run.last + head.increment }
        return run
    }

    /// Takes the lowest contiguous run of exactly `length` numbers, and tells how many numbers it had to pass over.
    mutating func take(run length: Int64) -> (run: Run, abandoned: Int64)? {
        guard longest >= length else { return nil }
        var abandoned: Int64 = 0
        while headCount < length {
            abandoned += headCount
            count -= headCount
            beginNextSegment()
        }
        return takeUpTo(length).map { ($0, abandoned) }
    }

    /// Adds a segment that lies above all that is here.
    ///
    /// - Parameter floor: The highest number below it that this node may have handed out, if there is nothing in hand.
    mutating func append(_ segment: Segment, above floor: Int64) {
        precondition((queue.last ?? head).map { segment.first > $0.last } ?? true)
        count += segment.count
        guard let tail = queue.last ?? head else {
            below = floor
            return begin(segment)
        }
        guard let joined = tail.joined(with: segment) else { return queue.append(segment) }
        if queue.isEmpty { head = joined } else { queue[queue.count - 1] = joined }
    }

    /// Drops every number up to `floor` and tells how many those were.
    mutating func cut(upTo floor: Int64) -> Int64 {
        let before = count
        while let head, next <= floor {
            if head.last <= floor {
                count -= headCount
                beginNextSegment()
            } else {
                _ = takeUpTo((floor - next) / head.increment + 1)
            }
        }
        return before - count
    }

    /// Drops everything and tells how many numbers it was.
    mutating func removeAll() -> Int64 {
        defer { self = NumbersInHand() }
        return count
    }

    /// Takes everything out. What can be given back is the run that ends at the ceiling, and so the last one.
    ///
    /// What lies just below it is the floor from then on only if it was this node's: another node's may be given back too.
    mutating func takeRemainder() -> (remainder: Segment?, floor: Int64, lost: Int64) {
        defer { self = NumbersInHand() }
        guard let head else { return (nil, below, 0) }
        let handedOut = next > head.first ? next - head.increment : below
        let remainder = queue.last ?? head.above(next - head.increment)
        let floor = queue.isEmpty ? handedOut : queue.dropLast().last?.last ?? head.last
        return (remainder, floor, count - (remainder?.count ?? 0))
    }

    private mutating func beginNextSegment() {
        if let head { below = head.last }
        guard !queue.isEmpty else { return head = nil }
        begin(queue.removeFirst())
        // An empty array may have memory, and there may be very many sequences.
        if queue.isEmpty { queue = [] }
    }

    private mutating func begin(_ segment: Segment) {
        head = segment
        next = segment.first
    }
}
