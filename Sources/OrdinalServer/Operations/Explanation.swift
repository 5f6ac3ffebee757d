import Ordinal

/// What is promised of one sequence in this configuration, in figures.
struct Explanation: Sendable {
    /// What is explained: the sequence as the store has it, or as the node remembers it.
    struct Subject {
        let name: SequenceName
        let life: Life
        let options: SequenceOptions
        let ceiling: Int64
        /// The largest segment of late, in numbers; 0 if none is known.
        let recentSize: Int64

        init(_ record: SequenceRecord) {
            (name, life, options, ceiling) = (record.name, record.life, record.options, record.ceiling)
            recentSize = record.recentSize
        }

        init?(_ snapshot: SequenceSnapshot) {
            guard let life = snapshot.life, let ceiling = snapshot.ceiling else { return nil }
            (name, self.life, options, self.ceiling) = (snapshot.name, life, snapshot.options, ceiling)
            recentSize = 0
        }
    }

    /// The store, and what remembers beside it.
    struct Store {
        enum State {
            case there(StoreStatus)
            case away(because: String)
        }

        let label: String
        let state: State
        let hasJournal: Bool
    }

    let subject: Subject
    let store: Store
    /// The next number; nil if none is in hand.
    let next: Int64?
    let inHand: Int64
    /// How many numbers are on their way to this node or back, or may be soon.
    let coming: Int64
    /// Numbers per second; 0 if nobody takes any, nil if too few were taken to tell.
    let rate: Double?
    /// Whether every number up to the maximum is reserved.
    let isExhausted: Bool
    let runwayAsked: Duration
    let wait: Duration
    /// Whether who has waited in vain gets a fallback number.
    let hasFallback: Bool
    /// How many numbers are left up to the maximum.
    let numbersLeft: Int64
    /// How many numbers are left out when the store shows that it went back: fewer lost ones do not repeat.
    let failoverOffset: Int64

    init(_ subject: Subject, _ snapshot: SequenceSnapshot?, _ policy: SequencerPolicy, _ store: Store) {
        self.subject = subject
        self.store = store
        let smallest = policy.segmentSize.smallest
        (next, inHand) = (snapshot?.next, snapshot?.inHand ?? 0)
        // What is on its way lies above the node's own last number, and what others reserve meanwhile only lessens it.
        let base = snapshot.flatMap { $0.floor ?? $0.ceiling } ?? subject.ceiling
        let segment = max(snapshot?.onTheirWay ?? 0, snapshot?.segmentSize ?? smallest)
        coming = min(segment, Self.numbers(above: base, subject.options))
        rate = snapshot.map(Self.rate) ?? 0
        isExhausted = snapshot?.isExhausted ?? false
        (runwayAsked, wait) = (policy.runway, policy.wait)
        hasFallback = policy.fallback.includes(subject.name)
        numbersLeft = Self.numbers(above: subject.ceiling, subject.options) + inHand
        failoverOffset = policy.offset.count(forSegmentsOf: max(subject.recentSize, smallest))
    }

    /// How many numbers in hand, or soon on their way, a crash of this node would skip.
    var atRisk: Int64 { inHand + coming }

    /// How many seconds the numbers in hand last at the present rate; nil if that is not known, or means nothing.
    var runway: Double? {
        guard let rate, rate > 0, !isExhausted else { return nil }
        return Double(inHand) / rate
    }

    /// After how many seconds the maximum is reached at the present rate; nil if that is not known, or never.
    var secondsLeft: Double? {
        guard let rate, rate > 0 else { return nil }
        return Double(numbersLeft) / rate
    }

    private static func numbers(above number: Int64, _ options: SequenceOptions) -> Int64 {
        max(0, options.maximum - number) / options.increment
    }

    /// The rate, if it was observed for a second: what a burst shows before is how fast one client asks.
    private static func rate(_ snapshot: SequenceSnapshot) -> Double? {
        guard snapshot.rate > 0 else { return 0 }
        return snapshot.measured < .seconds(1) ? nil : snapshot.rate
    }
}
