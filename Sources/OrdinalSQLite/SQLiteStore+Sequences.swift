public import Ordinal

// Each of these loads a record, has the rule say what becomes of it, and saves it, in one transaction. Rules come before
// writes: a refusal leaves nothing behind in a transaction that others share.

extension SQLiteStore {
    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await write { transaction in
            guard try !transaction.hasEnded(name, life) else { throw StoreError.ended }
            if let live = try transaction.live(name) {
                guard live.life == life else { throw StoreError.exists(live) }
                return live
            }
            let record = try SequenceRecord(
                beginning: life, of: name, at: ceiling, options: options, home: transaction.home)
            try transaction.insert(record)
            return record
        }
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await read { transaction in
            SequenceEntry(
                live: try transaction.live(name), known: known,
                hasEnded: try known.map { try transaction.hasEnded(name, $0) } ?? false)
        }
    }

    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await write { transaction in
            var record = try transaction.live(reservation.name, reservation.life)
            let reserved = try record.reserve(reservation, home: transaction.home)
            try transaction.update(record, mustBeHeard: false)
            return reserved
        }
    }

    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await write { transaction in
            var record = try transaction.live(name, segment.life)
            guard record.release(segment) else { return false }
            try transaction.update(record, mustBeHeard: false)
            return true
        }
    }

    public func advance(
        _ name: SequenceName, life: Life, by step: Advance
    ) async throws(StoreError) -> SequenceRecord {
        try await write { transaction in
            let before = try transaction.live(name, life)
            var record = before
            try record.advance(step)
            if record != before { try transaction.update(record, mustBeHeard: true) }
            return record
        }
    }

    public func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await write { transaction in
            let before = try transaction.live(name, life)
            var record = before
            try record.change(to: options)
            if record != before { try transaction.update(record, mustBeHeard: true) }
            return record
        }
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await write { transaction in
            guard try !transaction.hasEnded(name, to) else { throw StoreError.ended }
            if let live = try transaction.live(name), live.life == to { return live }
            let old = try transaction.live(name, from)
            let record = try SequenceRecord(
                beginning: to, of: name, at: ceiling, options: options, home: transaction.home)
            try transaction.bury(old)
            try transaction.insert(record)
            return record
        }
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await write { transaction in
            let live: SequenceRecord
            do { live = try transaction.live(name, life) } catch StoreError.ended { return false }
            try transaction.bury(live)
            return true
        }
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await read { try $0.sequences(after: name, limit: limit) }
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await read { transaction in
            let newest = try transaction.meta().changes
            guard let mark, mark.rawValue <= newest else {
                return Changes(mark: ChangeMark(rawValue: newest), changes: [], wentBack: mark != nil)
            }
            let found = try transaction.changes(after: mark.rawValue, limit: Self.changesLimit)
            let last = found.count < Self.changesLimit ? newest : found[found.count - 1].number
            return Changes(mark: ChangeMark(rawValue: last), changes: found.map(\.change), wentBack: false)
        }
    }

    /// How many changes one answer holds at most.
    static let changesLimit = 1_000
}
