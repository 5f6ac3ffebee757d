/// What a sequence was asked to be when it was created. Kept in its record.
public struct SequenceOptions: Hashable, Sendable {
    /// The highest number that any sequence can reach: 2^62 − 1. Numbers above belong to other kinds.
    public static let highestNumber: Int64 = (1 << 62) - 1

    /// The largest increment. It keeps every product of an increment and a count far from overflow.
    public static let largestIncrement: Int64 = 1_000_000

    /// The distance between a number and the next. Fixed for the life of the sequence.
    public let increment: Int64

    /// The highest number that this sequence may hand out. It may be changed later, but not to less than the ceiling.
    public let maximum: Int64

    /// The options of an ordinary sequence: increment 1, up to ``highestNumber``.
    public static let standard = SequenceOptions(uncheckedIncrement: 1, maximum: highestNumber)

    /// Checks both values: `increment` from 1 to ``largestIncrement``, `maximum` from 1 to ``highestNumber``.
    public init(increment: Int64 = 1, maximum: Int64 = highestNumber) throws(InvalidOption) {
        guard (1...Self.largestIncrement).contains(increment) else { throw .increment(increment) }
        guard (1...Self.highestNumber).contains(maximum) else { throw .maximum(maximum) }
        self.init(uncheckedIncrement: increment, maximum: maximum)
    }

    private init(uncheckedIncrement increment: Int64, maximum: Int64) {
        self.increment = increment
        self.maximum = maximum
    }

    /// The ceiling from which a sequence starts so that `first` is its first number.
    ///
    /// The ceiling can be negative (`first` 1 with increment 10 starts from −9); numbers never are.
    public func ceiling(forFirst first: Int64) throws(InvalidOption) -> Int64 {
        guard first >= 1, first <= maximum else { throw .start(first, maximum: maximum) }
        return first - increment
    }

    /// Checks a ceiling at which a sequence with these options is to start or to go on.
    public func check(ceiling: Int64) throws(InvalidOption) {
        guard ceiling > -increment, ceiling <= maximum else { throw .ceiling(ceiling, maximum: maximum) }
    }
}

/// Why a value cannot be an option of a sequence.
public enum InvalidOption: Error, Hashable, Sendable, CustomStringConvertible {
    case increment(Int64)
    case maximum(Int64)
    case start(Int64, maximum: Int64)
    case ceiling(Int64, maximum: Int64)
    case maximumBelowCeiling(Int64, ceiling: Int64)

    public var description: String {
        switch self {
        case .increment(let value):
            "the increment must be between 1 and \(SequenceOptions.largestIncrement), not \(value)"
        case .maximum(let value):
            "the maximum must be between 1 and \(SequenceOptions.highestNumber), not \(value)"
        case .start(let value, let maximum):
            "the first number must be between 1 and the maximum of \(maximum), not \(value)"
        case .ceiling(let value, let maximum):
            "the value must be between 0 and the maximum of \(maximum), not \(value)"
        case .maximumBelowCeiling(let value, let ceiling):
            "the maximum cannot be \(value): numbers up to \(ceiling) are already reserved"
        }
    }
}
