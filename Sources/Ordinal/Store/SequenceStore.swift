/// What keeps ceilings: SQLite, or a database or coordination service that several nodes share.
///
/// The store decides, atomically and by itself, which numbers a node gets; the rules are the methods of ``SequenceRecord``
/// and ``SequenceTransaction`` applies them to the rows of any store.
///
/// What every implementation owes:
/// - **Write ahead.** A call returns when what it did is durable, not before.
/// - **Sent once.** No layer repeats `reserve`, `release` or `delete`. A lost reply is ``StoreError/unknownOutcome(_:)``.
/// - **Names are data.** Compared as bytes, bound as parameters.
/// - **A time limit of its own** on every call that crosses a network, shorter than the time that a request may wait.
/// - **Cancellation changes nothing**: a call that has begun ends as it would have ended.
public protocol SequenceStore: Sendable {
    /// What logs call this store: its kind and place, without secrets.
    var label: String { get }

    /// Who the store is and what it promises. Reaches the store: the way to learn whether it is there.
    func status() async throws(StoreError) -> StoreStatus

    /// Looks whether the store can be used, and does what is to be done once, such as making tables.
    ///
    /// For the start of a program. Stores need not be prepared: what has to be done they also do when they are first used.
    func prepare() async throws(StorePreparationError)

    /// Creates a sequence whose numbers lie above `ceiling`.
    ///
    /// Doing so twice with one life is a success and changes nothing. Throws ``StoreError/exists(_:)`` if another life is
    /// there, ``StoreError/ended`` if this one already ended.
    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord

    /// What is there under a name, for a caller who had numbers of the life `known`.
    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry

    /// Raises the ceiling and hands what lies between to the caller. See ``SequenceRecord/reserve(_:home:)``.
    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved

    /// Lowers the ceiling to just below `segment`, if nothing was reserved since. See ``SequenceRecord/release(_:)``.
    ///
    /// Answers whether the numbers were given back.
    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool

    /// Moves a sequence forward, never back. See ``SequenceRecord/advance(_:)``.
    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> SequenceRecord

    /// Changes the options of a sequence. See ``SequenceRecord/change(to:)``.
    func change(_ name: SequenceName, life: Life, to options: SequenceOptions) async throws(StoreError)
        -> SequenceRecord

    /// Ends one life and begins another at `ceiling`. Doing so twice with the same two lives is a success.
    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord

    /// Ends a life and leaves a tombstone. Answers whether it was there.
    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool

    /// The sequences after `name`, in the order of their bytes.
    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord]

    /// What nodes must hear of since `mark`: deletes, restarts, advances, changed options. From nil: only the mark.
    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes

    /// Ends all connections and gives up all locks. Nothing is called afterwards.
    func close() async
}

extension SequenceStore {
    /// Asks for the status: good for a store that cannot be set up wrongly.
    public func prepare() async throws(StorePreparationError) {
        do throws(StoreError) { _ = try await status() } catch {
            throw StorePreparationError("\(error)", isPermanent: false)
        }
    }
}

/// Why a store cannot be used: one line for people, which says what to do.
public struct StorePreparationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether it stays so until somebody changes the configuration, the server or its rights. If not, the server is away or
    /// busy, and the store finds it again by itself.
    public let isPermanent: Bool

    public init(_ description: String, isPermanent: Bool) {
        self.description = description
        self.isPermanent = isPermanent
    }
}

/// A store that can copy itself while it is in use.
public protocol BackupStore: SequenceStore {
    /// Writes a consistent, durable copy to `path`, which must not exist.
    func backup(to path: String) async throws(StoreError)
}

/// A request for a segment.
public struct Reservation: Hashable, Sendable {
    /// The sequence.
    public let name: SequenceName
    /// The life that the caller means.
    public let life: Life
    /// How many numbers, at least 1. Fewer may come back, never more.
    public let count: Int64
    /// The caller's floor: what the segment must lie above. `Int64.min` if it has none.
    public let above: Int64
    /// The highest ceiling of this life that the caller ever heard of; `Int64.min` if of none. Others may have given some of
    /// it back, so it counts only if the store went back.
    public let heard: Int64
    /// How many numbers to leave out if the store went back.
    public let failoverOffset: FailoverOffset
    /// The mark of this reservation.
    public let stamp: Stamp

    public init(
        name: SequenceName, life: Life, count: Int64, above: Int64, heard: Int64 = .min,
        failoverOffset: FailoverOffset, stamp: Stamp
    ) {
        self.name = name
        self.life = life
        self.count = count
        self.above = above
        self.heard = heard
        self.failoverOffset = failoverOffset
        self.stamp = stamp
    }
}

/// The answer to a ``Reservation``.
public struct Reserved: Hashable, Sendable {
    /// The numbers.
    public let segment: Segment
    /// How many numbers were left out because the store went back; 0 if it did not.
    public let skipped: Int64

    public init(segment: Segment, skipped: Int64) {
        self.segment = segment
        self.skipped = skipped
    }
}

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
    /// What to leave out then.
    var failoverOffset = FailoverOffset.standard

    /// Every later number lies above this one.
    public static func to(_ number: Int64) -> Advance { Advance(target: .to(number)) }

    /// Leave out so many numbers after the ceiling.
    public static func by(_ count: Int64) -> Advance { Advance(target: .by(count)) }

    /// The same, by a node that knows how far the life went.
    func knowing(_ memory: LifeMemory, _ offset: FailoverOffset) -> Advance {
        Advance(target: target, above: memory.entry.floor, heard: memory.heard, failoverOffset: offset)
    }
}

/// Who a store is.
public struct StoreStatus: Hashable, Sendable {
    /// The identity of the store.
    public let id: StoreID
    /// The server that answered.
    public let home: Home
    /// How many live sequences there are.
    public let sequences: Int
    /// What the store's settings are worth, in sentences for people: what a crash of it can lose.
    public let durability: [String]
    /// How many numbers the store itself had to give up since it was opened: they are a gap.
    public let abandoned: Int64

    public init(id: StoreID, home: Home, sequences: Int, durability: [String], abandoned: Int64 = 0) {
        self.id = id
        self.home = home
        self.sequences = sequences
        self.durability = durability
        self.abandoned = abandoned
    }
}

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
    ///   - newest: The number of the last change that there was.
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

/// Why a store did not do what it was asked to.
public enum StoreError: Error, Hashable, Sendable {
    /// The life is over: there is a tombstone of it.
    case ended
    /// The life is neither there nor did it end: the store went back. See ``SequenceEntry/lost(instead:)``.
    case lost(instead: SequenceRecord?)
    /// A sequence with another life is there.
    case exists(SequenceRecord)
    /// No number is left below the maximum.
    case exhausted(maximum: Int64)
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
        case .exhausted(let maximum): "the sequence is exhausted: its maximum is \(maximum)"
        case .invalid(let option): option.description
        case .unavailable(let reason): "the store is not available: \(reason)"
        case .unknownOutcome(let reason): "the store did not confirm: \(reason)"
        }
    }
}
