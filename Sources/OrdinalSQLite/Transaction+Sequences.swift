import GRDB
import Ordinal

extension Transaction {
    /// The questions that a store is asked, each answered from an index.
    enum Question: String, CaseIterable {
        case live, ended, list, changesEnded, changesMoved

        var sql: String {
            switch self {
            case .live: "SELECT \(columns) FROM sequences WHERE name = ?"
            case .ended: "SELECT 1 FROM ended WHERE name = ? AND life = ?"
            case .list: "SELECT \(columns) FROM sequences WHERE name > ? ORDER BY name LIMIT ?"
            case .changesEnded:
                "SELECT name, life, changed FROM ended WHERE changed > ? ORDER BY changed LIMIT ?"
            // Said twice: SQLite takes the index of changed rows only where it sees that the others are not asked for.
            case .changesMoved:
                """
                SELECT \(columns), changed FROM sequences
                WHERE changed > 0 AND changed > ? ORDER BY changed LIMIT ?
                """
            }
        }
    }

    private func ask(_ question: Question) throws -> Statement { try db.cachedStatement(sql: question.sql) }
}

/// How the rows of a store are read and written. What they should become is for ``SequenceRecord`` to say.
extension Transaction: SequenceTransaction {
    /// The live sequence of a name.
    func live(_ name: SequenceName) throws -> SequenceRecord? {
        try Row.fetchOne(ask(.live), arguments: [Bytes(name.bytes)]).map(Self.record)
    }

    /// Whether a life is over.
    func hasEnded(_ name: SequenceName, _ life: Life) throws -> Bool {
        try Int.fetchOne(ask(.ended), arguments: [Bytes(name.bytes), Bytes(life.bytes)]) != nil
    }

    /// Adds a sequence. It must not be there.
    func insert(_ record: SequenceRecord) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO sequences (\(Self.columns), changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)")
        try statement.execute(arguments: [Bytes(record.name.bytes)] + Self.values(of: record))
        try count(1)
    }

    /// Writes what a sequence has become. `mustBeHeard` is for changes that other nodes must learn of.
    func update(_ record: SequenceRecord, mustBeHeard: Bool) throws {
        let values = Self.values(of: record)
        let assignments =
            "life = ?, ceiling = ?, origin = ?, home = ?, stamp = ?, recent_size = ?, increment = ?, maximum = ?"
        if mustBeHeard {
            let statement = try db.cachedStatement(
                sql: "UPDATE sequences SET \(assignments), changed = ? WHERE name = ?")
            try statement.execute(arguments: values + [try nextChange(), Bytes(record.name.bytes)])
        } else {
            let statement = try db.cachedStatement(sql: "UPDATE sequences SET \(assignments) WHERE name = ?")
            try statement.execute(arguments: values + [Bytes(record.name.bytes)])
        }
    }

    /// Ends the life of a sequence: the row goes, a tombstone stays.
    func bury(_ record: SequenceRecord) throws {
        let name = Bytes(record.name.bytes)
        try db.cachedStatement(sql: "DELETE FROM sequences WHERE name = ?").execute(arguments: [name])
        try db.cachedStatement(sql: "INSERT INTO ended (name, life, changed) VALUES (?, ?, ?)")
            .execute(arguments: [name, Bytes(record.life.bytes), try nextChange()])
        try count(-1)
    }

    private func count(_ difference: Int) throws {
        try db.cachedStatement(sql: "UPDATE meta SET sequences = sequences + ?").execute(arguments: [difference])
    }

    /// The sequences after `name`, in the order of their bytes.
    func sequences(after name: SequenceName?, limit: Int) throws -> [SequenceRecord] {
        // Every name is longer than the empty one.
        try Row.fetchAll(ask(.list), arguments: [Bytes(name?.bytes ?? []), max(0, limit)]).map(Self.record)
    }

    /// What changed after the change of number `mark`, oldest first, at most so much.
    func changes(after mark: Int64, limit: Int) throws -> [(number: Int64, change: Changes.Change?)] {
        var changes: [(number: Int64, change: Changes.Change?)] = []
        for row in try Row.fetchAll(ask(.changesEnded), arguments: [mark, limit]) {
            let life = try Self.life(row, atIndex: 1)
            changes.append((try row.decode(Int64.self, atIndex: 2), .ended(try Self.name(row), life)))
        }
        for row in try Row.fetchAll(ask(.changesMoved), arguments: [mark, limit]) {
            changes.append((try row.decode(Int64.self, atIndex: 9), .moved(try Self.record(row))))
        }
        return Array(changes.sorted { $0.number < $1.number }.prefix(limit))
    }
}
