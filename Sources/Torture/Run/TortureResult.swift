/// What came of a run.
public struct TortureResult: Sendable {
    /// For how long it ran.
    public internal(set) var elapsed = Duration.zero
    /// How many nodes there were.
    public internal(set) var nodes = 0
    /// How many numbers were received, and checked.
    public internal(set) var numbers: Int64 = 0
    /// How many requests were answered.
    public internal(set) var replies = 0
    /// How many requests were not answered, because their connection was lost.
    public internal(set) var unanswered = 0
    /// How often each error was the answer.
    public internal(set) var errors: [String: Int] = [:]
    /// How many faults of each kind were injected.
    public internal(set) var faults: [FaultKind: Int] = [:]
    /// How many numbers were left out, by crashes and lost replies of the store and of nodes.
    public internal(set) var gaps: Int64 = 0
    /// How many clean stops were looked at after which nothing may be left out.
    public internal(set) var cleanStops = 0
    /// How often a node found that the store went back, which nothing that was done here makes it do. Each such alarm leaves
    /// out very many numbers; it is no violation, because somebody else may have restarted or restored the store meanwhile.
    public internal(set) var timesStoreWentBack = 0
    /// The longest wait for an answer of a node that nothing was done to.
    public internal(set) var longestWait = Duration.zero
    /// How often each rule was broken.
    public internal(set) var violations: [Violation.Kind: Int64] = [:]
    /// The first violations of each kind.
    public internal(set) var examples: [Violation] = []
    /// What was not done as asked for.
    public internal(set) var notes: [String] = []
    /// Where logs and journals are; nil if they were removed, as after a sound run.
    public internal(set) var directory: String?

    /// Whether every promise was kept.
    public var isSound: Bool { violations.isEmpty }
}

/// How a run gets on.
public struct TortureProgress: Sendable {
    /// How long it has been running.
    public let elapsed: Duration
    /// How many numbers were checked.
    public let numbers: Int64
    /// How many faults were injected.
    public let faults: Int
    /// How many violations were seen.
    public let violations: Int64
}
