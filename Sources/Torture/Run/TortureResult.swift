/// What came of a run.
package struct TortureResult: Sendable {
    /// For how long it ran.
    package internal(set) var elapsed = Duration.zero
    /// How many nodes there were.
    package internal(set) var nodes = 0
    /// How many numbers were received, and checked.
    package internal(set) var numbers: Int64 = 0
    /// How many requests were answered.
    package internal(set) var replies = 0
    /// How many requests were not answered, because their connection was lost.
    package internal(set) var unanswered = 0
    /// How often each error was the answer.
    package internal(set) var errors: [String: Int] = [:]
    /// How many faults of each kind were injected.
    package internal(set) var faults: [FaultKind: Int] = [:]
    /// How many numbers were left out, by crashes and lost replies of the store and of nodes.
    package internal(set) var gaps: Int64 = 0
    /// How many clean stops were looked at after which nothing may be left out.
    package internal(set) var cleanStops = 0
    /// How often a node found that the store went back, which nothing that was done here makes it do. Each such alarm leaves
    /// out very many numbers; it is no violation, because somebody else may have restarted or restored the store meanwhile.
    package internal(set) var timesStoreWentBack = 0
    /// The longest wait for an answer of a node that nothing was done to.
    package internal(set) var longestWait = Duration.zero
    /// How often each rule was broken.
    package internal(set) var violations: [Violation.Kind: Int64] = [:]
    /// The first violations of each kind.
    package internal(set) var examples: [Violation] = []
    /// What was not done as asked for.
    package internal(set) var notes: [String] = []
    /// Where logs and journals are; nil if they were removed, as after a sound run.
    package internal(set) var directory: String?

    /// Whether every promise was kept.
    package var isSound: Bool { violations.isEmpty }
}

/// How a run gets on.
package struct TortureProgress: Sendable {
    /// How long it has been running.
    package let elapsed: Duration
    /// How many numbers were checked.
    package let numbers: Int64
    /// How many faults were injected.
    package let faults: Int
    /// How many violations were seen.
    package let violations: Int64
}
