/// What there is to tell of one sequence in memory, at one moment.
public struct SequenceSnapshot: Hashable, Sendable {
    public let name: SequenceName
    /// The present life, if it is known yet.
    public let life: Life?
    /// What the sequence was asked to be.
    public let options: SequenceOptions
    /// The highest ceiling that this node knows of; nil if none is known yet.
    public let ceiling: Int64?
    /// How many numbers are in hand. All of them would be lost in a crash.
    public let inHand: Int64
    /// How many numbers the call of the store is about that is under way: those it asks for, or those it gives back. They
    /// would be lost in a crash, too.
    public let onTheirWay: Int64
    /// The next number, if one is in hand.
    public let next: Int64?
    /// How many numbers were handed out since the sequence came into memory.
    public let issued: Int64
    /// Numbers per second, since the last refill.
    public let rate: Double
    /// How long ago that was: what a moment shows is how fast one client asks.
    public let measured: Duration
    /// Whether the store has no more numbers below the maximum.
    public let isExhausted: Bool
    /// How many seconds the numbers in hand last at that rate; nil if nobody takes any, or if no more would come anyhow.
    public let runway: Double?
    /// How many numbers the next segment is to have, beside those that are waited for by then.
    public let segmentSize: Int64
    /// How many requests wait.
    public let waiting: Int
    /// The floor, if there is one.
    public let floor: Int64?
    /// Why the last call of the store failed, if it did.
    public let failure: StoreError?

    init(_ chain: SegmentChain, now: Duration) {
        name = chain.name
        life = chain.life
        options = chain.options
        ceiling = chain.ceiling == .min ? nil : chain.ceiling
        inHand = chain.inHand.count
        onTheirWay =
            switch chain.duty {
            case .underWay(.reserve(let reservation)): reservation.count
            case .underWay(.release(let segment)): segment.count
            case .underWay(.open), .underWay(.create), .paused, .none: 0
            }
        next = chain.inHand.first
        issued = chain.issued
        rate = chain.runway.rate(issued: chain.issued, now: now)
        measured = chain.runway.measured(until: now)
        isExhausted = chain.isExhausted
        runway = rate > 0 && !isExhausted ? Double(inHand) / rate : nil
        segmentSize = chain.runway.target
        waiting = chain.line.count
        floor = chain.floor == .min ? nil : chain.floor
        failure = chain.failure?.error
    }
}
