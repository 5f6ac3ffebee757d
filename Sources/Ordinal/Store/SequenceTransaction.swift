/// The rows of sequences inside one transaction of a store, and what every store does with them.
///
/// A store says how a row is read and written. What becomes of it is said here, once: the record is loaded, its rule says what
/// it becomes, it is saved. Rules come before writes, so that a refusal, a `StoreError`, leaves nothing behind in a
/// transaction that others share. A store without transactions reads the rows first, lets this work on the copy,
/// and then writes all of it under the condition that nothing changed meanwhile.
public protocol SequenceTransaction {
    /// The server that this runs on.
    var home: Home { get }

    /// The live sequence of a name.
    ///
    /// A row that is damaged, so that it cannot be a record, fails this call only: ``StoreError/unavailable(_:)`` names it.
    func live(_ name: SequenceName) throws -> SequenceRecord?

    /// Whether there is a tombstone of a life.
    func hasEnded(_ name: SequenceName, _ life: Life) throws -> Bool

    /// Adds a sequence. It is not there.
    func insert(_ record: SequenceRecord) throws

    /// Writes what a sequence has become. `mustBeHeard` is for changes that other nodes must learn of.
    func update(_ record: SequenceRecord, mustBeHeard: Bool) throws

    /// Ends the life of a sequence that is there: the row goes, a tombstone stays.
    func bury(_ record: SequenceRecord) throws
}

extension SequenceTransaction {
    /// See ``SequenceStore/create(_:life:at:options:)``.
    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) throws -> SequenceRecord {
        guard try !hasEnded(name, life) else { throw StoreError.ended }
        if let live = try live(name) {
            guard live.life == life else { throw StoreError.exists(live) }
            return live
        }
        let record = try SequenceRecord(beginning: life, of: name, at: ceiling, options: options, home: home)
        try begin(record)
        return record
    }

    /// See ``SequenceStore/find(_:known:)``.
    public func find(_ name: SequenceName, known: Life?) throws -> SequenceEntry {
        SequenceEntry(
            live: try live(name), known: known, hasEnded: try known.map { try hasEnded(name, $0) } ?? false)
    }

    /// See ``SequenceStore/reserve(_:)``.
    public func reserve(_ reservation: Reservation) throws -> Reserved {
        var record = try live(reservation.name, reservation.life)
        let reserved = try record.reserve(reservation, home: home)
        // Should the store go back once more, every node must know of this jump, and not only the one that made it.
        try update(record, mustBeHeard: reserved.skipped > 0)
        return reserved
    }

    /// See ``SequenceStore/release(_:of:)``.
    public func release(_ segment: Segment, of name: SequenceName) throws -> Bool {
        var record = try live(name, segment.life)
        guard record.release(segment) else { return false }
        try update(record, mustBeHeard: false)
        return true
    }

    /// See ``SequenceStore/advance(_:life:by:)``.
    public func advance(_ name: SequenceName, life: Life, by step: Advance) throws -> Advanced {
        var skipped: Int64 = 0
        let record = try mutate(name, life) { record throws(StoreError) in skipped = try record.advance(step) }
        return Advanced(record: record, skipped: skipped)
    }

    /// See ``SequenceStore/change(_:life:to:)``.
    public func change(_ name: SequenceName, life: Life, to options: SequenceOptions) throws -> SequenceRecord {
        try mutate(name, life) { record throws(StoreError) in try record.change(to: options) }
    }

    /// See ``SequenceStore/restart(_:from:to:at:options:)``.
    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) throws -> SequenceRecord {
        guard try !hasEnded(name, to) else { throw StoreError.ended }
        if let live = try live(name), live.life == to { return live }
        let old = try live(name, from)
        let record = try SequenceRecord(beginning: to, of: name, at: ceiling, options: options, home: home)
        try bury(old)
        try begin(record)
        return record
    }

    /// See ``SequenceStore/delete(_:life:)``.
    public func delete(_ name: SequenceName, life: Life) throws -> Bool {
        let record: SequenceRecord
        do { record = try live(name, life) } catch StoreError.ended { return false }
        try bury(record)
        return true
    }

    /// Adds a sequence. One that begins high may be one that the store had lost: other nodes must hear how far it went.
    private func begin(_ record: SequenceRecord) throws {
        try insert(record)
        if record.ceiling > 0 { try update(record, mustBeHeard: true) }
    }

    /// The live sequence of a name, if it is the life that the caller means.
    private func live(_ name: SequenceName, _ life: Life) throws -> SequenceRecord {
        let record = try live(name)
        if let record, record.life == life { return record }
        throw try hasEnded(name, life) ? StoreError.ended : StoreError.lost(instead: record)
    }

    private func mutate(
        _ name: SequenceName, _ life: Life, _ rule: (inout SequenceRecord) throws(StoreError) -> Void
    ) throws -> SequenceRecord {
        let before = try live(name, life)
        var record = before
        try rule(&record)
        if record != before { try update(record, mustBeHeard: true) }
        return record
    }
}
