/// The numbers that a node holds of one sequence: segments in rising order, of which the first is being handed out.
///
/// It never goes back: what was taken, passed over or cut does not return.
struct NumbersInHand {
    /// How many numbers there are.
    private(set) var count: Int64 = 0
    /// The next number, meaningless while there is none.
    private var next: Int64 = 0
    /// The last number of the segment that ``next`` belongs to.
    private var last: Int64 = 0
    private var increment: Int64 = 1
    /// The segment that is being handed out, as it was reserved.
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

    private var headCount: Int64 { count > 0 ? (last - next) / increment + 1 : 0 }

    /// Takes the next number.
    mutating func take() -> Int64? {
        guard count > 0 else { return nil }
        let number = next
        count -= 1
        if number == last { beginNextSegment() } else { next = number + increment }
        return number
    }

    /// The next numbers, as many of `limit` as are contiguous.
    func upTo(_ limit: Int64) -> Run? {
        guard count > 0, limit > 0 else { return nil }
        return Run(life: head?.life, first: next, count: min(limit, headCount), increment: increment)
    }

    /// Takes the next numbers, as many of `limit` as are contiguous.
    mutating func takeUpTo(_ limit: Int64) -> Run? {
        guard let run = upTo(limit) else { return nil }
        count -= run.count
        if run.last == last { beginNextSegment() } else { next = run.last + increment }
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
        precondition(queue.last.map { segment.first > $0.last } ?? (count == 0 || segment.first > last))
        count += segment.count
        if let tail = queue.last {
            if let joined = tail.joined(with: segment) {
                queue[queue.count - 1] = joined
            } else {
                queue.append(segment)
            }
        } else if let head, count > segment.count {
            if let joined = head.joined(with: segment) {
                self.head = joined
                last = joined.last
            } else {
                queue.append(segment)
            }
        } else {
            below = floor
            begin(segment)
        }
    }

    /// Drops every number up to `floor` and tells how many those were.
    mutating func cut(upTo floor: Int64) -> Int64 {
        let before = count
        while count > 0, next <= floor {
            if last <= floor {
                count -= headCount
                beginNextSegment()
            } else {
                _ = takeUpTo((floor - next) / increment + 1)
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
        let remainder = queue.last ?? (count > 0 ? head?.above(next - increment) : nil)
        let floor =
            if queue.isEmpty {
                head.map { next > $0.first ? next - increment : below } ?? below
            } else {
                queue.count > 1 ? queue[queue.count - 2].last : last
            }
        return (remainder, floor, count - (remainder?.count ?? 0))
    }

    private mutating func beginNextSegment() {
        below = last
        guard !queue.isEmpty else { return head = nil }
        begin(queue.removeFirst())
        // An empty array may have memory, and there may be very many sequences.
        if queue.isEmpty { queue = [] }
    }

    private mutating func begin(_ segment: Segment) {
        head = segment
        next = segment.first
        last = segment.last
        increment = segment.increment
    }
}
