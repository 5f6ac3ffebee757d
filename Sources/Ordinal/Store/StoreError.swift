/// Why a store did not do what it was asked to.
public enum StoreError: Error, Hashable, Sendable {
    /// The life is over: there is a tombstone of it.
    case ended
    /// The life is neither there nor did it end: the store went back. See ``SequenceEntry/lost(instead:)``.
    case lost(instead: SequenceRecord?)
    /// A sequence with another life is there.
    case exists(SequenceRecord)
    /// No number is left below the maximum, after `skipped` that were to be left out because the store went back.
    case exhausted(maximum: Int64, skipped: Int64 = 0)
    /// The request makes no sense for this sequence.
    case invalid(InvalidOption)
    /// It did not happen, and may be tried again. The text says why, for people.
    case unavailable(String)
    /// It may have happened or not: the reply was lost.
    case unknownOutcome(String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ended: "the sequence was deleted or restarted"
        case .lost: "the store went back: it no longer knows this life of the sequence"
        case .exists: "the sequence exists"
        case .exhausted(let maximum, _): "the sequence is exhausted: its maximum is \(maximum)"
        case .invalid(let option): option.description
        case .unavailable(let reason): "the store is not available: \(reason)"
        case .unknownOutcome(let reason): "the store did not confirm: \(reason)"
        }
    }
}

/// Why a store cannot be used: one line for people, which says what to do.
public struct StorePreparationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether it stays so until a person changes the configuration, the server or its rights. If not, the server is away or
    /// busy, and the store finds it again by itself.
    public let isPermanent: Bool

    public init(_ description: String, isPermanent: Bool) {
        self.description = description
        self.isPermanent = isPermanent
    }
}
