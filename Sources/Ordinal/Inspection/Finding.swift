/// Something that an inspection found out about what uniqueness rests on.
package struct Finding: Hashable, Sendable {
    /// How much it matters.
    package enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
        /// As it should be.
        case ok
        /// Good to know; nothing has to be done.
        case note
        /// Numbers can be lost, or clients get errors, when something else fails.
        case warning
        /// Numbers can come twice, or strangers can make them.
        case danger

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .note: 1
            case .warning: 2
            case .danger: 3
            }
        }
    }

    /// What was looked at, in a few words.
    package let subject: String
    /// How much it matters.
    package let severity: Severity
    /// What was seen there.
    package let seen: String
    /// What that means at worst.
    package let meaning: String
    /// What to do about it; nil if nothing has to be done.
    package let remedy: String?
    /// How many numbers of one sequence come twice at worst, each time that happens.
    package let repeated: Bound
    /// How many numbers of one sequence are never handed out at worst, each time that happens.
    package let lost: Bound
    /// Whether it could be looked at. If not, ``seen`` says why, and nothing is known.
    package let isInspected: Bool

    package init(
        _ severity: Severity, _ subject: String, seen: String, meaning: String, remedy: String? = nil,
        repeated: Bound = .none, lost: Bound = .none
    ) {
        self.init(
            severity, subject, seen: seen, meaning: meaning, remedy: remedy, repeated: repeated, lost: lost,
            isInspected: true)
    }

    private init(
        _ severity: Severity, _ subject: String, seen: String, meaning: String, remedy: String?, repeated: Bound,
        lost: Bound, isInspected: Bool
    ) {
        self.subject = subject
        self.severity = severity
        self.seen = seen
        self.meaning = meaning
        self.remedy = remedy
        self.repeated = repeated
        self.lost = lost
        self.isInspected = isInspected
    }

    /// That something could not be looked at.
    package static func notInspected(_ subject: String, because reason: String, remedy: String) -> Finding {
        Finding(
            .warning, subject, seen: reason, meaning: "what a failure costs there is not known", remedy: remedy,
            repeated: .unlimited, lost: .unlimited, isInspected: false)
    }
}

/// How many numbers at worst.
package enum Bound: Hashable, Sendable {
    /// Not one.
    case none
    /// So many, with segments as large as they are now.
    case atMost(Int64)
    /// So many for each node that serves the sequence, with segments as large as they are now.
    case atMostPerNode(Int64)
    /// None as long as fewer than so many were lost, and beyond that as many as were lost more.
    case beyond(Int64)
    /// There is no bound.
    case unlimited
}
