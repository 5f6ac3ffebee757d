public import Ordinal

extension RedisStore {
    public func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [life]) { try $0.create(name, life: life, at: ceiling, options: options) }
    }

    public func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await transact(name, lives: known.map { [$0] } ?? []) { try $0.find(name, known: known) }
    }

    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await transact(reservation.name, lives: [reservation.life]) { try $0.reserve(reservation) }
    }

    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await transact(name, lives: [segment.life]) { try $0.release(segment, of: name) }
    }

    public func advance(
        _ name: SequenceName, life: Life, by step: Advance
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [life]) { try $0.advance(name, life: life, by: step) }
    }

    public func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [life]) { try $0.change(name, life: life, to: options) }
    }

    public func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(name, lives: [from, to]) {
            try $0.restart(name, from: from, to: to, at: ceiling, options: options)
        }
    }

    public func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await transact(name, lives: [life]) { try $0.delete(name, life: life) }
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        let time = callTime
        var records: [SequenceRecord] = []
        // Every name is longer than the empty one.
        var last = name?.bytes ?? []
        while records.count < limit {
            let wanted = min(limit - records.count, Self.portion)
            let names = try await cells.read(
                membersOf: keys.names, from: [UInt8(ascii: "(")] + last, limit: wanted, in: time
            ).members
            records += try await rows(of: names.map(Self.name), in: time).compactMap { $0 }
            guard names.count == wanted, let end = names.last else { break }
            last = end
        }
        return records
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        let time = callTime
        let after = max(0, mark?.rawValue ?? 0)
        let found = try await cells.read(
            membersOf: keys.changes, from: ChangeText.start(after: after), limit: mark == nil ? 0 : Self.portion,
            and: [keys.changeCount], in: time)
        let newest = try RowSnapshot.count(found.values[0])
        guard let mark, mark.rawValue <= newest else {
            return Changes(mark: ChangeMark(rawValue: newest), changes: [], wentBack: mark != nil)
        }
        var heard: [ChangeText] = []
        for member in found.members { heard.append(try ChangeText(member)) }
        let moved = heard.compactMap { if case .moved(let name, _) = $0 { name } else { nil } }
        // Read after the list: a row may be newer than its change here, and then the newer change is still to be heard. One
        // that is gone has left a tombstone.
        var rows = try await rows(of: moved, in: time)[...]
        let changes = heard.compactMap { change -> Changes.Change? in
            switch change {
            case .ended(let name, let life, _): .ended(name, life)
            case .moved: rows.popFirst()?.map { .moved($0) }
            }
        }
        let last = heard.count < Self.portion ? newest : heard.last?.number ?? newest
        return Changes(mark: ChangeMark(rawValue: last), changes: changes, wentBack: false)
    }

    /// How many rows are read at once.
    private static let portion = 1_000

    /// The live sequences under some names, nil for those that are not there.
    private func rows(of names: [SequenceName], in time: CallTime) async throws(StoreError) -> [SequenceRecord?] {
        guard !names.isEmpty else { return [] }
        let values = try await cells.read(names.map(keys.sequence), in: time).values
        var records: [SequenceRecord?] = []
        for (name, value) in zip(names, values) {
            if let value { records.append(try Row(value, of: name).record) } else { records.append(nil) }
        }
        return records
    }

    private static func name(_ bytes: [UInt8]) throws(StoreError) -> SequenceName {
        do { return try SequenceName(bytes) } catch {
            throw .unavailable("a name in the list of sequences in Redis is damaged (\(error)): restore a backup")
        }
    }
}
