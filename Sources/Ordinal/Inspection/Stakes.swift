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
