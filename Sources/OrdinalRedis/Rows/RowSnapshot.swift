import Ordinal

/// What Redis holds of one sequence, as it was read, and what is to become of it.
///
/// The rules of the engine work on this copy. What they did is then written under the condition that nothing which they
/// could see has changed meanwhile. Not `Sendable`: it lives between two calls of the server.
final class RowSnapshot: SequenceTransaction {
    let home: Home
    private let keys: RedisKeys
    private let name: SequenceName
    private var row: Row?
    private var ended: [Life: Bool] = [:]
    private var changeCount: Int64
    private let countValue: [UInt8]?
    private var hasCounted = false

    /// What is to be written, except the number of the last change.
    private var change: CellChange

    /// The keys to read for ``init(_:_:_:lives:)``.
    static func keys(_ keys: RedisKeys, _ name: SequenceName, lives: [Life]) -> [RedisKey] {
        [keys.sequence(name), keys.changeCount] + lives.map { keys.ended(name, $0) }
    }

    /// - Parameters:
    ///   - cells: What was read.
    ///   - keys: The keys of the store.
    ///   - name: The sequence.
    ///   - lives: The lives whose tombstones were read.
    init(_ cells: Cells, _ keys: RedisKeys, _ name: SequenceName, lives: [Life]) throws(StoreError) {
        home = cells.home
        self.keys = keys
        self.name = name
        let value = cells.values[0]
        row = if let value { try Row(value, of: name) } else { nil }
        countValue = cells.values[1]
        changeCount = try Self.count(countValue)
        change = CellChange(on: home)
        change.expect(keys.sequence(name), value)
        for (life, tombstone) in zip(lives, cells.values.dropFirst(2)) {
            ended[life] = tombstone != nil
            change.expect(keys.ended(name, life), tombstone)
        }
    }

    /// No store ever gets there; what is above was not written by us.
    private static let largestCount = Int64(1) << 62

    /// Reads the number of the last change.
    static func count(_ value: [UInt8]?) throws(StoreError) -> Int64 {
        guard let value else { return 0 }
        guard let text = String(validating: value, as: UTF8.self), let number = Int64(text),
            (0...largestCount).contains(number)
        else {
            throw .unavailable("the number of changes in Redis is damaged: restore a backup")
        }
        return number
    }

    /// What is to be written; nil if nothing is.
    var result: CellChange? {
        guard !change.isEmpty else { return nil }
        guard hasCounted else { return change }
        var change = change
        change.expect(keys.changeCount, countValue)
        change.set(keys.changeCount, Array("\(changeCount)".utf8))
        return change
    }

    // MARK: SequenceTransaction

    func live(_ name: SequenceName) -> SequenceRecord? {
        precondition(name == self.name, "one sequence at a time")
        return row?.record
    }

    func hasEnded(_ name: SequenceName, _ life: Life) -> Bool {
        guard let hasEnded = ended[life] else { preconditionFailure("the tombstones of a call are read before it") }
        return hasEnded
    }

    func insert(_ record: SequenceRecord) {
        let row = Row(record, changed: 0)
        change.set(keys.sequence(name), row.bytes)
        change.add(name.bytes, to: keys.names)
        self.row = row
    }

    func update(_ record: SequenceRecord, mustBeHeard: Bool) {
        if mustBeHeard {
            forgetLastChange()
            let number = nextChange()
            change.add(ChangeText.moved(name, number: number).bytes, to: keys.changes)
            row = Row(record, changed: number)
        } else {
            row = Row(record, changed: row?.changed ?? 0)
        }
        if let row { change.set(keys.sequence(name), row.bytes) }
    }

    func bury(_ record: SequenceRecord) {
        forgetLastChange()
        let number = nextChange()
        change.delete(keys.sequence(name))
        change.remove(name.bytes, from: keys.names)
        change.set(keys.ended(name, record.life), Array("\(number)".utf8))
        change.add(ChangeText.ended(name, record.life, number: number).bytes, to: keys.changes)
        row = nil
        ended[record.life] = true
    }

    /// Of the moves of a sequence only the last is kept, so that there are no more changes than rows and tombstones.
    private func forgetLastChange() {
        guard let row, row.changed > 0 else { return }
        change.remove(ChangeText.moved(name, number: row.changed).bytes, from: keys.changes)
    }

    private func nextChange() -> Int64 {
        hasCounted = true
        changeCount += 1
        return changeCount
    }
}
