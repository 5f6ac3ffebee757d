/// How many numbers a sequence should have in hand: consumption in, size of the next segment out.
///
/// A node should be able to go on for one runway with the store away. So it fetches one runway's worth as soon as it has
/// less than that in hand, and the sizes follow the rate. A burst on a sequence that was hardly used must not reserve a
/// minute of it at once: a segment is at most ``growth`` times as large as the one before.
struct Runway {
    /// The most that a segment grows from one to the next. Three such steps stay below a ``FailoverOffset`` of 100 segments
    /// of the size before: so many reservations of a sequence that becomes busy may be lost.
    static let growth: Int64 = 4

    /// The largest segment that may follow on those of late.
    private static func largest(after recentSize: Int64, _ policy: SequencerPolicy) -> Int64 {
        let (grown, overflow) = max(recentSize, policy.segmentSize.smallest).multipliedReportingOverflow(by: growth)
        return overflow ? .max : grown
    }

    /// With fewer numbers than this in hand, it is time for the next segment.
    private(set) var lowWater: Int64
    /// The size of the next segment, in numbers.
    private(set) var target: Int64
    private var measuredAt: Duration
    private var issuedThen: Int64 = 0

    init(_ policy: SequencerPolicy, now: Duration) {
        target = policy.segmentSize.smallest
        lowWater = target / 2
        measuredAt = now
    }

    /// Takes note of how many numbers were issued in all, and sets the size of the next segment.
    ///
    /// - Parameter recentSize: How many numbers the largest segment of late had. Those that were asked for in vain do not
    ///   count: a store that comes back knows nothing of them.
    mutating func measure(issued: Int64, now: Duration, after recentSize: Int64, policy: SequencerPolicy) {
        // One runway at the present rate.
        let need = Int64(clamping: rate(issued: issued, now: now) * policy.runway.inSeconds)
        measuredAt = now
        issuedThen = issued
        switch policy.segmentSize {
        case .fixed: target = policy.segmentSize.smallest
        case .adaptive(_, let maximum):
            let smallest = policy.segmentSize.smallest
            target = min(max(need, smallest), max(maximum, smallest), Self.largest(after: recentSize, policy))
        }
        lowWater = min(max(need, target / 2), target)
    }

    /// The rate since the last measurement, in numbers per second.
    func rate(issued: Int64, now: Duration) -> Double {
        // Less than a millisecond measures the clock and not the use.
        Double(issued - issuedThen) / max((now - measuredAt).inSeconds, 0.001)
    }

    /// For how long that was.
    func measured(until now: Duration) -> Duration { now - measuredAt }

    /// How many numbers to ask for while requests wait for `waitedFor` numbers.
    ///
    /// No more than segments may grow, but for the request that is `first` in line: the others get theirs with the next ones.
    func count(
        waitedFor: Int64, first: Int64, after recentSize: Int64, policy: SequencerPolicy
    ) -> Int64 {
        let covered = min(waitedFor, max(first, Self.largest(after: recentSize, policy)))
        switch policy.segmentSize {
        case .fixed:
            let size = policy.segmentSize.smallest
            return (max(covered, 1) - 1) / size * size + size
        case .adaptive:
            return target + covered
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Int64 {
    fileprivate init(clamping value: Double) { self = value < 0x1p62 ? Int64(value) : 1 << 62 }
}
