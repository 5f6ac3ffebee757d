/// A place in the history of a store's changes.
public struct ChangeMark: Hashable, Sendable {
    /// Before everything that ever happened.
    public static let beginning = ChangeMark(rawValue: 0)

    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What changed in a store since a mark.
public struct Changes: Hashable, Sendable {
    public enum Change: Hashable, Sendable {
        /// A life ended: the sequence was deleted or restarted.
        case ended(SequenceName, Life)
        /// Origin or options of a live sequence are others.
        case moved(SequenceRecord)
    }

    /// Where to go on from.
    public let mark: ChangeMark
    /// What happened, oldest first. There may be more after ``mark`` if it is not empty.
    public let changes: [Change]
    /// Whether the store's history is shorter than the caller's mark: the store went back.
    public let wentBack: Bool

    public init(mark: ChangeMark, changes: [Change], wentBack: Bool) {
        self.mark = mark
        self.changes = changes
        self.wentBack = wentBack
    }

    /// How many changes a store reads at most for one answer.
    public static let limit = 1_000

    /// The answer of a store that numbers its changes.
    ///
    /// - Parameters:
    ///   - mark: What the caller has heard of; nil if it asks for the mark only.
    ///   - newest: The number of the last change that there was, read before `found` or at the same moment.
    ///   - found: What there was to read after `mark`, oldest first, ``limit`` at most. A change that is nil is not told: it
    ///     was overtaken by one that is still to come.
    public init(since mark: ChangeMark?, upTo newest: Int64, found: [(number: Int64, change: Change?)]) {
        guard let mark, mark.rawValue <= newest else {
            self.init(mark: ChangeMark(rawValue: newest), changes: [], wentBack: mark != nil)
            return
        }
        let last = found.count < Self.limit ? newest : found[found.count - 1].number
        self.init(mark: ChangeMark(rawValue: last), changes: found.compactMap(\.change), wentBack: false)
    }
}
