public import Ordinal

extension RedisStore {
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
            membersOf: keys.changes, from: ChangeText.start(after: after), limit: mark == nil ? 0 : Changes.limit,
            and: [keys.changeCount], in: time)
        let newest = try RowSnapshot.count(found.values[0])
        let heard = try found.members.map(ChangeText.init)
        let moved = heard.compactMap { if case .moved(let name, _) = $0 { name } else { nil } }
        // Read after the list: a row may be newer than its change here, and then the newer change is still to be heard. One
        // that is gone has left a tombstone.
        var rows = try await rows(of: moved, in: time)[...]
        let changes = heard.map { change -> (number: Int64, change: Changes.Change?) in
            switch change {
            case .ended(let name, let life, let number): (number, .ended(name, life))
            case .moved(_, let number): (number, rows.popFirst()?.map { .moved($0) })
            }
        }
        return Changes(since: mark, upTo: newest, found: changes)
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
