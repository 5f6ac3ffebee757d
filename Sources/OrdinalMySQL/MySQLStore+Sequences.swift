public import Ordinal

extension MySQLStore {
    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        defer { forgetCount() }
        return try await write { try $0.create(name, life: life, at: ceiling, options: options) }
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await read { try $0.find(name, known: known) }
    }

    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await write { try $0.reserve(reservation) }
    }

    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await write { try $0.release(segment, of: name) }
    }

    public func advance(
        _ name: SequenceName, life: Life, by step: Advance
    ) async throws(StoreError) -> SequenceRecord {
        try await write { try $0.advance(name, life: life, by: step) }
    }

    public func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await write { try $0.change(name, life: life, to: options) }
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await write { try $0.restart(name, from: from, to: to, at: ceiling, options: options) }
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        defer { forgetCount() }
        return try await write { try $0.delete(name, life: life) }
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await read { try $0.sequences(after: name, limit: limit) }
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await read { transaction in
            let newest = try transaction.changes()
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
