/// How a sequencer behaves. The defaults suit a server.
public struct SequencerPolicy: Sendable {
    /// How many numbers a node reserves at once.
    public enum SegmentSize: Hashable, Sendable {
        /// One runway at the present rate, within bounds.
        case adaptive(minimum: Int64, maximum: Int64)
        /// Always so many.
        case fixed(Int64)

        /// The smallest segment, at least one number: what a sequence starts with, and what is asked for after a failure.
        public var smallest: Int64 {
            switch self {
            case .adaptive(let minimum, _): max(minimum, 1)
            case .fixed(let size): max(size, 1)
            }
        }
    }

    /// Whose requests get numbers that belong to no sequence when they have waited in vain.
    public enum Fallback: Hashable, Sendable {
        case off
        case all
        case only(Set<SequenceName>)

        /// Whether a sequence is among them.
        public func includes(_ name: SequenceName) -> Bool {
            switch self {
            case .off: false
            case .all: name != .fallbackStarts
            case .only(let names): names.contains(name)
            }
        }
    }

    /// How long numbers in hand should last with the store away.
    public var runway: Duration = .seconds(60)
    /// How many numbers to reserve at once.
    public var segmentSize: SegmentSize = .adaptive(minimum: 1_000, maximum: 100_000_000)
    /// How long a request waits at most for a number.
    public var wait: Duration = .seconds(5)
    /// How many requests wait at most for one sequence.
    public var maximumWaiters = 100_000
    /// The longest contiguous run.
    public var maximumRun: Int64 = 1_000_000
    /// How many numbers to leave out when the store went back; nil: 4,000,000, four of the longest runs, or 100 segments,
    /// whichever is most.
    public var failoverOffset: Int64?
    /// Whether new segments are withheld while the journal cannot be written.
    public var requiresJournal = false
    /// How many sequences are in memory at most.
    public var maximumLive = 100_000
    /// After how long without use a sequence leaves memory.
    public var idle: Duration = .seconds(600)
    /// How many sequences are looked up in the store at once.
    public var concurrentOpenings = 16
    /// How many sequences wait at most to be looked up.
    public var maximumOpenings = 10_000
    /// How many sequences the store may hold.
    public var maximumSequences = 1_000_000
    /// How many sequences may be created per second.
    public var creationsPerSecond = 1_000
    /// Who gets numbers from 2^62 up when the time to wait is over: unique, but outside the order of any sequence.
    public var fallback = Fallback.off
    /// How often the store is asked what other nodes changed.
    public var changePolling: Duration = .milliseconds(500)

    public init() {}

    /// How many numbers a reservation leaves out if the store turns out to have gone back.
    public var offset: FailoverOffset {
        failoverOffset.map { .exactly($0) } ?? .standard.covering(runsOf: maximumRun)
    }
}
