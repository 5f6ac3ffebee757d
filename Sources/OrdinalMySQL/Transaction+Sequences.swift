import Ordinal

/// How the rows of a store are read and written. What they should become is for ``SequenceRecord`` to say.
extension Transaction: SequenceTransaction {
    /// The live sequence of a name.
    func live(_ name: SequenceName) throws -> SequenceRecord? {
        try connection.rows(
            "SELECT \(Self.columns) FROM ordinal_sequences WHERE name = ?\(hold)", [.bytes(name.bytes)]
        ).first.map(Self.record)
    }

    /// Whether a life is over.
    func hasEnded(_ name: SequenceName, _ life: Life) throws -> Bool {
        try !connection.rows(
            "SELECT 1 FROM ordinal_ended WHERE name = ? AND life = ?\(hold)", [.bytes(name.bytes), .bytes(life.bytes)]
        ).isEmpty
    }

    /// Adds a sequence. If it came to be there since we looked, the server says that the key is a duplicate.
    func insert(_ record: SequenceRecord) throws {
        try connection.executeOne(
            "INSERT INTO ordinal_sequences (\(Self.columns), changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            [.bytes(record.name.bytes)] + Self.values(of: record))
        // No lock held the name while there was no row of it: between the question whether this life has ended and the row,
        // it may have begun and ended elsewhere. From now on the row is a lock.
        guard try !hasEnded(record.name, record.life) else { throw StoreError.ended }
    }

    /// Writes what a sequence has become. `mustBeHeard` is for changes that other nodes must learn of.
    func update(_ record: SequenceRecord, mustBeHeard: Bool) throws {
        let assignments =
            "life = ?, ceiling = ?, origin = ?, home = ?, stamp = ?, recent_size = ?, increment = ?, maximum = ?"
        let change: [MySQLValue] = mustBeHeard ? [.integer(try nextChange())] : []
        try connection.executeOne(
            "UPDATE ordinal_sequences SET \(assignments)\(mustBeHeard ? ", changed = ?" : "") WHERE name = ?",
            Self.values(of: record) + change + [.bytes(record.name.bytes)])
    }

    /// Ends the life of a sequence: the row goes, a tombstone stays.
    func bury(_ record: SequenceRecord) throws {
        let name = MySQLValue.bytes(record.name.bytes)
        try connection.executeOne("DELETE FROM ordinal_sequences WHERE name = ?", [name])
        try connection.executeOne(
            "INSERT INTO ordinal_ended (name, life, changed) VALUES (?, ?, ?)",
            [name, .bytes(record.life.bytes), .integer(try nextChange())])
    }

    /// The sequences after `name`, in the order of their bytes.
    func sequences(after name: SequenceName?, limit: Int) throws -> [SequenceRecord] {
        // Every name is longer than the empty one.
        try connection.rows(
            "SELECT \(Self.columns) FROM ordinal_sequences WHERE name > ? ORDER BY name LIMIT ?",
            [.bytes(name?.bytes ?? []), .integer(Int64(max(0, limit)))]
        ).map(Self.record)
    }

    /// What changed after the change of number `mark`, oldest first, at most so much.
    func changes(after mark: Int64, limit: Int) throws -> [(number: Int64, change: Changes.Change?)] {
        let bounds: [MySQLValue] = [.integer(mark), .integer(Int64(limit))]
        var changes: [(number: Int64, change: Changes.Change?)] = []
        try connection.forEachRow(
            "SELECT name, life, changed FROM ordinal_ended WHERE changed > ? ORDER BY changed LIMIT ?", bounds
        ) { row in
            changes.append((try row.integer(2), .ended(try Self.name(row), try Self.life(row, 1))))
        }
        try connection.forEachRow(
            "SELECT \(Self.columns), changed FROM ordinal_sequences WHERE changed > ? ORDER BY changed LIMIT ?", bounds
        ) { row in
            changes.append((try row.integer(9), .moved(try Self.record(row))))
        }
        return Array(changes.sorted { $0.number < $1.number }.prefix(limit))
    }
}
