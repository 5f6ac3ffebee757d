import Ordinal

/// What the contract knows of one node.
struct NodeBook {
    /// What became of the numbers that a run of the node got of one life.
    struct Ledger {
        var received: Int64 = 0
        var served: Int64 = 0
        var givenBack: Int64 = 0
        var gaps: Int64 = 0

        /// How many the node must still have.
        var rest: Int64 { received - served - givenBack - gaps }
    }

    // What holds for as long as the node runs.

    /// The life that the engine last said it opened, by name; none after it said that it ended.
    var current: [SequenceName: Life] = [:]
    /// What the store acknowledged to this node and the node did not give back.
    var grants: [Life: [Segment]] = [:]
    var ledgers: [Life: Ledger] = [:]
    /// Lives that the engine said were over.
    var over: Set<Life> = []
    /// Sequences whose ledger cannot be kept.
    var unaccounted: Set<SequenceName> = []
    /// The size of the reservations under way.
    var refills: [SequenceName: Int64] = [:]
    /// What is being given back.
    var releases: [Life: Int64] = [:]
    /// What a confirmed SET or delete, here or heard of, passed or ended.
    var passed: [Life: Int64] = [:]
    var ended: Set<Life> = []
    /// What was heard and may not have been taken in yet.
    var heard: [Changes.Change] = []
    /// What the store last confirmed to this node, by name.
    var moves: [SequenceName: SequenceRecord] = [:]
    var ends: [SequenceName: Life] = [:]
    /// Requests that have not ended, oldest first.
    var asking: [Ask] = []

    // What holds for ever.

    /// The highest number that was answered.
    var replied: [Life: Int64] = [:]

    /// The node starts anew: what was in its memory is gone.
    mutating func restart() {
        let replied = replied
        self = NodeBook()
        self.replied = replied
    }
}

/// A request as the contract sees it.
struct Ask {
    let id: Int
    let node: Int
    let name: SequenceName
    let begun: Duration
    /// What was true on the node when it began.
    let replied: [Life: Int64]
    let passed: [Life: Int64]
    let ended: Set<Life>
    /// Whether somebody who came later was served before.
    var isOvertaken = false
}
