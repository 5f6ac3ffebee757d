/// What is at stake in figures: how large a loss is, in numbers of one sequence.
package struct Stakes: Hashable, Sendable {
    /// The largest segment that a node reserved of late, in numbers: the smallest there is if nothing was reserved yet.
    package let segment: Int64
    /// How many numbers are left out of the sequence with that segment when the store shows that it went back.
    package let offset: Int64
    /// Whether a node remembers its floors across restarts.
    package let hasJournal: Bool

    /// - Parameters:
    ///   - records: The sequences of the store.
    ///   - policy: How the nodes reserve.
    ///   - hasJournal: Whether a node remembers its floors across restarts.
    package init(_ records: [SequenceRecord], _ policy: SequencerPolicy, hasJournal: Bool) {
        let recent = records.map(\.recentSize).max() ?? 0
        segment = max(recent, policy.segmentSize.smallest)
        offset = policy.offset.count(forSegmentsOf: segment)
        self.hasJournal = hasJournal
    }
}

/// What the inspection of a store read there, and what it makes of it.
package protocol StoreFacts: Sendable {
    /// The identity of the store; nil if it was never prepared.
    var id: StoreID? { get }
    /// The sequences in the order of their names, ``StoreFactsLimit/records`` of them at most.
    var records: [SequenceRecord] { get }
    /// How long single questions to the store took; empty if none crosses a network.
    var roundTrips: [Duration] { get }

    /// What the settings of the store mean. Looks at nothing but these facts.
    func findings(at stakes: Stakes) -> [Finding]
}

/// How much an inspection reads at most.
package enum StoreFactsLimit {
    /// How many sequences.
    package static let records = 100_000
    /// How many questions are asked to see how long they take.
    package static let roundTrips = 5
}
