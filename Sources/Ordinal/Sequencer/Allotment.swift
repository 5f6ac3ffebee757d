/// Numbers that belong to one task, which counts through them by itself.
///
/// Nobody else is asked for any of them, so that one costs next to nothing. The price is order: what others take
/// meanwhile is above all of these, those not used yet among them. What is left when it ends is abandoned, and
/// counted as ``GapReason/allotmentUnused``.
///
/// ```swift
/// var numbers = try await sequencer.allot(try SequenceName("events"), count: 10_000)
/// while let number = numbers.take() { … }
/// ```
public struct Allotment: ~Copyable, Sendable {
    /// The next number, meaningless while there is none.
    @usableFromInline var upcoming: Int64
    /// How many numbers are left of the run that is being counted through.
    @usableFromInline var left: Int64
    @usableFromInline var increment: Int64
    /// The runs to come, the last of them first.
    private var others: [Run]
    /// Whether the numbers are the sequence's own; those of the fallback leave no gap.
    private let leaveGaps: Bool
    private let name: SequenceName
    private let sequencer: Sequencer

    init(_ runs: [Run], of name: SequenceName, from sequencer: Sequencer) {
        (upcoming, left, increment) = (0, 0, 1)
        others = runs.reversed()
        leaveGaps = runs.allSatisfy { $0.life != nil }
        self.name = name
        self.sequencer = sequencer
    }

    deinit {
        let unused = count
        if unused > 0, leaveGaps { sequencer.abandoned(unused, of: name, because: .allotmentUnused) }
    }

    /// How many numbers are left.
    public var count: Int64 { others.reduce(left) { $0 + $1.count } }

    /// Takes the next number; nil if all were taken.
    @inlinable
    public mutating func take() -> Int64? {
        guard left > 0 else { return takeFromNextRun() }
        let number = upcoming
        left -= 1
        // Not beyond the last: there may be no such number.
        if left > 0 { upcoming += increment }
        return number
    }

    @usableFromInline
    mutating func takeFromNextRun() -> Int64? {
        guard let run = others.popLast() else { return nil }
        (upcoming, left, increment) = (run.first, run.count, run.increment)
        return take()
    }
}

extension Sequencer {
    /// Takes `count` numbers for one task, waiting for them if they are not at hand.
    ///
    /// - Parameters:
    ///   - name: The sequence.
    ///   - count: How many numbers, from 1 to ``SequencerPolicy/maximumRun``.
    ///   - creates: Whether to create the sequence, beginning at 1, if there is none.
    ///   - limit: How long to wait at most, if less than ``SequencerPolicy/wait``.
    /// - Throws: What ``numbers(_:count:creates:within:)`` throws.
    public func allot(
        _ name: SequenceName, count: Int64, creates: Bool = false, within limit: Duration? = nil
    ) async throws(SequencerError) -> Allotment {
        let runs = try await numbers(name, count: count, creates: creates, within: limit)
        return Allotment(runs, of: name, from: self)
    }
}
