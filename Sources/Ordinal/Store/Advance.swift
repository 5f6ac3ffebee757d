/// How to move a sequence forward.
public struct Advance: Hashable, Sendable {
    enum Target: Hashable {
        case to(Int64)
        case by(Int64)
    }

    let target: Target
    /// The floor of the caller, and the highest ceiling that it ever heard of. A ceiling below the floor is that of a store
    /// which went back. It has to be seen here: once the ceiling is raised above the floor, nobody sees it any more.
    var above = Int64.min
    var heard = Int64.min
    /// What to leave out then, and how many numbers the largest segment of late had, as far as the caller knows.
    var failoverOffset = FailoverOffset.standard
    var recentSize: Int64 = 0

    /// Every later number lies above this one.
    public static func to(_ number: Int64) -> Advance { Advance(target: .to(number)) }

    /// Leave out so many numbers after the ceiling.
    public static func by(_ count: Int64) -> Advance { Advance(target: .by(count)) }

    /// The same, by a node that knows how far the life went.
    func knowing(_ memory: LifeMemory, _ offset: FailoverOffset) -> Advance {
        Advance(
            target: target, above: memory.entry.floor, heard: memory.heard, failoverOffset: offset,
            recentSize: memory.entry.recentSize)
    }
}

/// The answer to an ``Advance``.
public struct Advanced: Hashable, Sendable {
    /// The sequence as it is now.
    public let record: SequenceRecord
    /// How many numbers were left out because the store went back; 0 if it did not.
    public let skipped: Int64

    public init(record: SequenceRecord, skipped: Int64) {
        self.record = record
        self.skipped = skipped
    }
}
