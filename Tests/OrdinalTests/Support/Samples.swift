@testable public import Ordinal

extension SequenceName: ExpressibleByStringLiteral {
    /// A name that is known to be one.
    public init(stringLiteral text: String) {
        do { try self.init(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}

extension SequenceOptions {
    /// Options that are known to be in range.
    static func sample(increment: Int64 = 1, maximum: Int64 = highestNumber) -> SequenceOptions {
        do { return try SequenceOptions(increment: increment, maximum: maximum) } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension Home {
    static let first = Home(rawValue: "first")
    static let second = Home(rawValue: "second")
}

extension Life {
    static let one = Life(rawValue: 1)
    static let two = Life(rawValue: 2)
}

extension SequenceRecord {
    static func sample(
        life: Life = .one, ceiling: Int64 = 0, origin: Int64? = nil, options: SequenceOptions = .standard,
        stamp: Stamp? = nil
    ) -> SequenceRecord {
        SequenceRecord(
            name: "a", life: life, ceiling: ceiling, origin: origin ?? ceiling, home: .first, stamp: stamp,
            options: options)
    }
}

extension Segment {
    static func sample(
        _ first: Int64, _ last: Int64, by increment: Int64 = 1, life: Life = .one, stamp: UInt64 = 1
    ) -> Segment {
        Segment(life: life, first: first, last: last, increment: increment, stamp: Stamp(rawValue: stamp))
    }
}

extension Run {
    init(life: Life = .one, first: Int64, count: Int64, increment: Int64) {
        self.init(life: .some(life), first: first, count: count, increment: increment)
    }

    var numbers: [Int64] { (0..<count).map { first + $0 * increment } }
}

extension SequencerEvent {
    var gap: (reason: GapReason, count: Int64)? {
        if case .gap(_, let reason, let count) = self { (reason, count) } else { nil }
    }
}
