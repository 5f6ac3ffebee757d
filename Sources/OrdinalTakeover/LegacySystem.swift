/// A numbering system that Ordinal takes over from.
package enum LegacySystem: String, Hashable, Sendable, CaseIterable {
    case idgo, idalloc, leaf, tinyid

    /// The name that people know it by.
    package var title: String {
        switch self {
        case .idgo: "idgo"
        case .idalloc: "idalloc"
        case .leaf: "Leaf"
        case .tinyid: "tinyid"
        }
    }

    /// How many numbers to leave out above the old value, unless the caller says otherwise.
    package var margin: Int64 {
        switch self {
        case .idgo: 2_000
        case .idalloc: 200_000
        case .leaf, .tinyid: 0
        }
    }

    /// What ``margin`` is made of, for people.
    package var marginReason: String {
        switch self {
        case .idgo:
            "idgo hands out a batch of 2,000 even if the COMMIT of it failed"
        case .idalloc:
            """
            idalloc writes every 10th batch of 10,000 to MySQL (WriteDBEveryNVersion × RedisBatchAllocNum = 100,000), \
            and as much again may be waiting in its queue or lost with Redis: \
            give a larger margin if its configuration has larger values
            """
        case .leaf, .tinyid:
            "what \(title) has in memory lies below the old value"
        }
    }

    /// Whether it goes on although its tables are gone, so that only an operator can stop it.
    package var mustBeStopped: Bool { self == .idalloc }
}
